// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import Postgres

/// How long a request whose answer was lost may still be carried out, and what becomes of what it makes.
package struct DoubtTerms: Sendable, Equatable {
    /// How long after such a request nothing is sent again, and nothing concluded from the lab's not having it.
    package let settle: Duration
    /// How long after such a request its attempt is looked for once more; never shorter than ``settle``. For as long
    /// the members of a group are waited for that the lab does not show.
    package let secondLook: Duration
    /// Whether a lab is told to cancel what is found of an attempt that its jobset's deadline has ended.
    package let cancelsExpired: Bool
    /// How long a lab may keep its answer to a look before that is given up.
    package let giveUpAfter: Duration

    package init(settle: Duration, secondLook: Duration, cancelsExpired: Bool, giveUpAfter: Duration) {
        self.settle = settle
        self.secondLook = max(secondLook, settle)
        self.cancelsExpired = cancelsExpired
        self.giveUpAfter = giveUpAfter
    }
}

extension PostgresTransaction {
    /// What is said of an attempt that its lab may have and was never seen to have.
    static func mayRun(_ attempt: UUID, in backend: String) -> String {
        let comment = "# muster: \(attempt.text)"
        return "it may run in \(backend) all the same: its definition there begins with \"\(comment)\""
    }
}
