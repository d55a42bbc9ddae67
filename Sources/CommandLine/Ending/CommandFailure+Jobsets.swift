// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation

extension CommandFailure {
    /// A person stopped the wait.
    static func stoppedWaiting(for id: UUID) -> CommandFailure {
        CommandFailure(
            .interrupted,
            "interrupted; the jobset continues",
            "  `muster wait \(id.text)` waits for it again"
        )
    }
}
