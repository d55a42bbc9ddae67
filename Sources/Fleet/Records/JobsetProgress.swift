// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// How far a jobset is, as its own row says it: no job is counted for it.
package struct JobsetProgress: Sendable, Codable, Equatable {
    package var id: UUID
    package var build: String
    package var state: JobsetState
    /// How it ended; `nil` while it runs.
    package var verdict: Verdict?
    package var generation: Int
    package var total: Int
    /// How many of its jobs have not ended.
    package var pending: Int
    /// How many of its jobs have failed.
    package var failures: Int
    package var labels: [String: String]
    package var canceledAt: Date?
    package var createdAt: Date
    package var finishedAt: Date?
}
