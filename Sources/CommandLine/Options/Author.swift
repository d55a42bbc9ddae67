// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetOperations
import Foundation

/// Who is at the keyboard, for what others will wonder about later.
enum Author {
    /// The longest reason, in Unicode scalars.
    private static let longestReason = 500

    /// Whoever has logged in.
    static func actor(name: String = NSUserName()) -> Actor {
        Actor(name: HarmlessText.line(name.isEmpty ? "somebody" : name, limit: 100))
    }

    /// A reason as it is shown to others: one line.
    static func reason(_ text: String?) -> String? { text.map { HarmlessText.line($0, limit: longestReason) } }
}
