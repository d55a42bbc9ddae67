// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation

/// Where a jobset stands on the dashboard.
enum JobsetPage {
    /// - Parameter root: `gateway.public_url`.
    static func address(of jobset: UUID, at root: String) -> String {
        PublicPage.address("/jobsets/\(jobset.text)", at: root)
    }
}

/// Where a page of the dashboard is.
enum PublicPage {
    /// - Parameter root: `gateway.public_url`.
    static func address(_ path: String, at root: String) -> String {
        (root.hasSuffix("/") ? String(root.dropLast()) : root) + path
    }
}
