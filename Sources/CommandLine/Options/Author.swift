// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation

/// Who is at the keyboard, for what others will wonder about later.
enum Author {
    /// The longest reason, in Unicode scalars.
    private static let longestReason = 500

    /// Their login name.
    static var name: String { HarmlessText.line(NSUserName().isEmpty ? "somebody" : NSUserName(), limit: 100) }

    /// A reason with the login name of whoever gave it; the name alone where none was given.
    static func signed(_ reason: String?, name: String = NSUserName()) -> String {
        let name = HarmlessText.line(name.isEmpty ? "somebody" : name, limit: 100)
        let reason = HarmlessText.line(reason ?? "", limit: longestReason)
        return reason.isEmpty ? "by \(name)" : "\(reason) (\(name))"
    }
}
