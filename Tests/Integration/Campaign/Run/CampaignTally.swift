// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// What a campaign did, in numbers, for whoever reads of it.
final class CampaignTally: Sendable, CustomStringConvertible {
    private let counts = Mutex<[String: Int]>([:])
    private let failures = Mutex<[String]>([])

    func add(_ what: String, _ count: Int = 1) { counts.withLock { $0[what, default: 0] += count } }

    /// Something that the campaign wanted to do and could not; no fault of the fleet's.
    func couldNot(_ what: String, _ error: any Error) {
        failures.withLock { if $0.count < 50 { $0.append("\(what): \(error)") } }
    }

    var description: String {
        let lines = counts.withLock { $0.sorted { $0.key < $1.key }.map { "  \($0.value) \($0.key)" } }
        let failed = failures.withLock { $0.map { "  could not \($0.prefix(300))" } }
        return (lines + failed).joined(separator: "\n")
    }
}
