// SPDX-License-Identifier: Apache-2.0

/// What a handler says of the message it was given; only the loop that gave it settles it.
package enum Disposition: Sendable, Equatable {
    /// All that followed from it is done.
    case done
    /// It is to come again, after about so long.
    case retry(after: Duration, reason: String)
    /// Nobody can do anything with it; a person may look at it in the dead-letter queue.
    case dead(reason: String)
}
