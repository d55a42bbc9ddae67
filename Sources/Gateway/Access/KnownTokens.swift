// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// The good tokens, by their hashes, as this gateway has last seen them: so that it is known whose allowance a request
/// counts against before anybody asks the database.
///
/// It lets nobody in. A token that is not in it counts against the address that it comes from, as a guess does.
final class KnownTokens: Sendable {
    /// The most tokens that are remembered: 100 bytes each.
    static let maximum = 100_000

    private let ids = Mutex<[[UInt8]: UUID]>([:])

    /// The row of the token with this hash.
    func id(of hash: [UInt8]) -> UUID? { ids.withLock { $0[hash] } }

    /// Remembers a good one; beyond the most that are remembered, all others are forgotten.
    func add(_ hash: [UInt8], _ id: UUID) {
        ids.withLock { ids in
            // Many of them may have ended unused. Good ones are learned again.
            if ids.count >= Self.maximum, ids[hash] == nil { ids = [:] }
            ids[hash] = id
        }
    }

    /// Forgets one that is good no more.
    func remove(_ hash: [UInt8]) { _ = ids.withLock { $0.removeValue(forKey: hash) } }
}
