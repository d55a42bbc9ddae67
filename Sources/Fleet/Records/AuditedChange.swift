// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// A change that somebody asked for, and what the answer was.
package struct AuditedChange: Sendable, Codable, Equatable {
    /// Its row; counts up.
    package let id: Int
    /// When it was asked for.
    package let at: Date
    /// The name of the token that it was asked with.
    package let actor: String
    package let address: String?
    /// What was asked: `submit`, `cancel` …
    package let action: String
    package let group: String?
    package let project: String?
    package let jobset: UUID?
    /// What else there is to say, such as the reason given.
    package let detail: [String: String]
    /// The answer's HTTP status; `nil` when there was none, or not yet.
    package let status: Int?
}
