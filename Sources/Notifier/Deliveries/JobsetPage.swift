// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation

/// Where a jobset stands on the dashboard.
enum JobsetPage {
    /// - Parameter root: `gateway.public_url`.
    static func address(of jobset: UUID, at root: String) -> String {
        "\(root.hasSuffix("/") ? String(root.dropLast()) : root)/jobsets/\(jobset.text)"
    }
}
