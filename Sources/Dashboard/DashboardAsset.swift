// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation

/// A file that the pages need. Its address holds a digest of it, so that it can be kept for ever.
package struct DashboardAsset: Sendable {
    package let contentType: String
    package let bytes: [UInt8]
    /// Where it is served.
    package let path: String

    init(name: String, suffix: String, contentType: String, bytes: [UInt8]) {
        self.contentType = contentType
        self.bytes = bytes
        let digest = SHA256.hash(data: Data(bytes)).prefix(8).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 0xF, radix: 16)
        }
        path = "\(Self.folder)\(name)-\(digest.joined()).\(suffix)"
    }

    /// Where all of them are served.
    package static let folder = "/assets/"

    /// The one stylesheet.
    package static let style = DashboardAsset(
        name: "dashboard",
        suffix: "css",
        contentType: "text/css; charset=utf-8",
        bytes: PackageResources.dashboard_css
    )
    /// The one script.
    package static let script = DashboardAsset(
        name: "dashboard",
        suffix: "js",
        contentType: "text/javascript; charset=utf-8",
        bytes: PackageResources.dashboard_js
    )
    /// The sign in a browser's tab.
    package static let icon = DashboardAsset(
        name: "icon",
        suffix: "svg",
        contentType: "image/svg+xml",
        bytes: PackageResources.icon_svg
    )
    package static let all = [style, script, icon]
}
