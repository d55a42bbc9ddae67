// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation

extension CommandFailure {
    /// There is no jobset of this id.
    static func noJobset(_ id: UUID) -> CommandFailure {
        CommandFailure(
            .usage,
            "there is no jobset \(id.text)",
            "  `muster ls` lists them; a document that was refused is in `muster rejected`"
        )
    }

    /// There is no delivery of this id.
    static func noDelivery(_ id: UUID) -> CommandFailure {
        CommandFailure(
            .usage,
            "there is no delivery \(id.text)",
            "  `muster deliveries <jobset>` lists those of a jobset"
        )
    }

    /// The jobset has no job at this place.
    static func noJob(_ position: Int, of id: UUID, total: Int) -> CommandFailure {
        CommandFailure(
            .usage,
            "the jobset has no job \(position)",
            total == 0 ? "  it has no jobs" : "  its jobs are 0 to \(total - 1): `muster jobs \(id.text)` lists them"
        )
    }

    /// A person stopped the wait.
    static func stoppedWaiting(for id: UUID) -> CommandFailure {
        CommandFailure(
            .interrupted,
            "interrupted; the jobset goes on",
            "  `muster wait \(id.text)` waits for it again"
        )
    }
}
