// SPDX-License-Identifier: Apache-2.0

/// The tokens that went with one that was revoked, in JSON.
package struct RevokedTokensObject: Codable, Sendable, Equatable {
    /// Their names: that one first, then those that it made, and those that these made.
    package let revoked: [String]

    /// An object of these.
    package init(revoked: [String]) { self.revoked = revoked }
}
