// SPDX-License-Identifier: Apache-2.0

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

    /// A person stopped the wait.
    static func stoppedWaiting(for id: UUID) -> CommandFailure {
        CommandFailure(
            .interrupted,
            "interrupted; the jobset goes on",
            "  `muster wait \(id.text)` waits for it again"
        )
    }
}
