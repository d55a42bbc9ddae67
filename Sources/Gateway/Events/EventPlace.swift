// SPDX-License-Identifier: Apache-2.0

import Crypto
import Fleet
import FleetStore
import Foundation

/// How far a client has read, as an event's `id` says it: nothing about clients is kept anywhere else.
struct EventPlace: Equatable {
    /// The jobset's generation.
    var generation = 0
    /// All jobs that ended up to then have been told, in microseconds since 1970.
    var toldUntil = 0
    /// What the jobset was last seen to be; empty: nothing.
    var stateDigest = ""

    init() {}

    /// The place in an event's id; nil for one that is none of ours.
    init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard text.utf8.count <= 100, parts.count == 3, let generation = Int(parts[0]), let until = Int(parts[1]),
            generation >= 0, until >= 0
        else { return nil }
        (self.generation, toldUntil, stateDigest) = (generation, until, String(parts[2]))
    }

    /// As it stands in an event.
    var text: String { "\(generation)-\(toldUntil)-\(stateDigest)" }

    /// What stands for a jobset as it is.
    static func digest(of status: Jobset) throws -> String {
        let digest = SHA256.hash(data: Data(try FleetJSON.bytes(status)))
        return digest.prefix(8).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
