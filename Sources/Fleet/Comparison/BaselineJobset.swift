// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// A jobset that serves as baseline.
package struct BaselineJobset: Sendable, Equatable, Decodable {
    package var id: UUID
    /// `/group/project/version`.
    package var build: String
    /// What became of it.
    package var verdict: Verdict
    /// When its last job came back.
    package var finishedAt: Date
    /// Whether the publisher named it.
    package var isNamed: Bool
}
