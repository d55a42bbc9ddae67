// SPDX-License-Identifier: Apache-2.0

/// Addresses that publishers gave: their query may hold a token (GitLab's triggers do), so it is not shown.
package enum WebAddress {
    /// The address without what may be a secret.
    package static func shown(_ url: String) -> String {
        guard let query = url.firstIndex(where: { $0 == "?" || $0 == "#" }) else { return url }
        return url[..<query] + "?…"
    }
}
