// SPDX-License-Identifier: Apache-2.0

#if DEBUG
import Foundation
#endif

/// Mistakes that a test can build in, to show that the campaign's checker sees what they lead to.
///
/// In debug builds the one that `MUSTER_MUTANT` names is active. Release builds hold none of them.
package enum Mutant: String, Sendable, CaseIterable {
    /// A message is acked before it is handled, not after.
    case ackBeforeCommit = "ack-before-commit"
    /// A job that had ended before is counted down once more.
    case decrementOnRepeat = "decrement-on-repeat"
    /// A lab is not asked once more for attempts whose submission was in doubt.
    case noSecondLook = "no-second-look"
    /// A submission in doubt is sent again without looking in the lab for what became of it.
    case noTagLookUp = "no-tag-look-up"
    /// The counter is read without a lock, and written later.
    case readThenWriteCounter = "read-then-write-counter"

    #if DEBUG
    private static let active = ProcessInfo.processInfo.environment["MUSTER_MUTANT"].flatMap(Mutant.init(rawValue:))

    /// Whether this process has this mistake built in.
    package static func isActive(_ mutant: Mutant) -> Bool { mutant == active }
    #else
    /// Whether this process has this mistake built in: never, in a release build.
    @inlinable
    package static func isActive(_ mutant: Mutant) -> Bool { false }
    #endif
}
