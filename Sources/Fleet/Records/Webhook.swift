// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// A receiver that is called for every jobset of a project, and how that goes.
package struct Webhook: Sendable, Codable, Equatable {
    package var name: String
    /// Scheme, host and port: the rest of its URL may hold a token.
    package var receiver: String
    /// What it is called for; in words, for a later version may know more of them.
    package var events: [String]
    package var isEnabled: Bool
    /// Whether it comes from the configuration, which also says the rest.
    package var isConfigured: Bool
    /// What makes its body; `nil`: the usual one, or the configuration says it.
    package var template: String?
    /// The section of `callback.secrets` that signs; `nil`: the usual secret, or the configuration says it.
    package var secret: String?
    /// When it got the secret of its own that it signs with; `nil`: it has none.
    package var rotatedAt: Date?
    /// The shortest time between two events of progress.
    package var progressIntervalSeconds: Int
    /// By how many percent of the jobs the share that has ended grows between them, at least.
    package var progressPercent: Int
    /// Who added it; `nil` for one from the configuration.
    package var createdBy: String?
    package var createdAt: Date?
    /// How many deliveries of the last week it has taken.
    package var delivered: Int
    /// How many of them are still to be taken.
    package var due: Int
    /// How many of them were given up.
    package var failed: Int
    package var lastDeliveredAt: Date?
    /// What the latest of those failed with that it has not taken.
    package var lastError: String?
}
