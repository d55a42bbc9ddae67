// SPDX-License-Identifier: Apache-2.0

/// The tokens that went with one that was revoked, in JSON.
public struct RevokedTokensObject: Codable, Sendable, Equatable {
    /// Their names: that one first, then those that it made, and those that these made.
    public let revoked: [String]

    /// An object of these.
    public init(revoked: [String]) { self.revoked = revoked }
}
