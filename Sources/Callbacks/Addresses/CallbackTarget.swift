// SPDX-License-Identifier: Apache-2.0

package import FleetRuntime
import Foundation

/// The receiver of a callback, as far as connecting to it goes.
package struct CallbackTarget: Sendable, Equatable {
    package let url: String
    /// The host, exactly as the HTTP client will read it from the URL.
    package let host: String
    /// The address, where the URL names one.
    package let address: IPAddress?

    /// The target of `url`.
    ///
    /// Only what the HTTP client and we must read alike is let through: an address, or a name of letters, digits,
    /// `-`, `_` and dots. Were the two to differ, the checked address would not be the one that is dialled.
    ///
    /// - Throws: ``CallbackError`` for any other URL.
    package init(_ url: String) throws {
        guard let parts = URL(string: url), let scheme = parts.scheme?.lowercased(), let host = parts.host(),
            !host.isEmpty
        else { throw CallbackError.unusable("the callback's URL can't be read") }
        guard scheme == "http" || scheme == "https" else {
            throw CallbackError.unusable("the callback's URL is neither http nor https")
        }
        guard parts.user() == nil, parts.password() == nil else {
            throw CallbackError.unusable("the callback's URL holds a user or a password")
        }
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        let address = IPAddress(bare)
        guard address != nil || bare.utf8.allSatisfy(Self.isNameByte) else {
            throw CallbackError.unusable("the callback's host is neither an address nor a name in ASCII")
        }
        if let port = parts.port, OtherPorts.contain(port) || port > Int(UInt16.max) {
            throw CallbackError.unusable("the callback's port is one on which something else than HTTP listens")
        }
        self.url = url
        self.host = bare
        self.address = address
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
