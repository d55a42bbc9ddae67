// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

/// Something that has happened to a jobset or to a job, and is to be published.
package struct UnpublishedEvent: Sendable, Decodable {
    /// Its row.
    package let id: Int
    /// The same over every publication.
    package let eventID: UUID
    package let type: FleetEventType
    package let jobsetID: UUID
    /// Which of the jobset's lives.
    package let generation: Int
    package let happenedAt: Date
    /// What it has to tell, as it was when it happened.
    package let data: Facts
    private let buildGroup: String?
    private let buildProject: String?
    private let buildVersion: String?
    package let labels: [String: String]?
    /// The job's place in the document; `nil` where it happened to the jobset.
    package let position: Int?
    package let environment: String?
    package let name: String?
    package let backend: String?

    /// What the jobset tests; `nil` when the jobset is not there any more.
    package var build: Build? {
        guard let buildGroup, let buildProject, let buildVersion else { return nil }
        return Build(group: buildGroup, project: buildProject, version: buildVersion)
    }

    /// What may have changed since it happened. Of a jobset or of a job; what does not apply is `nil`.
    package struct Facts: Sendable, Equatable, Codable {
        package let total: Int?
        package let pending: Int?
        package let failures: Int?
        package let missing: Int?
        package let isSealed: Bool?
        package let sealedReason: String?
        package let verdict: Verdict?
        package let canceledReason: String?
        package let attempt: Int?
        package let outcome: JobOutcome?
        package let reason: String?
        package let tests: TestCounts?
        /// The lab's number of it.
        package let labJob: Int?
        package let device: String?

        enum CodingKeys: String, CodingKey {
            case total, pending, failures, missing, verdict, attempt, outcome, reason, tests, device
            case isSealed = "is_sealed"
            case sealedReason = "sealed_reason"
            case canceledReason = "canceled_reason"
            case labJob = "lab_job"
        }
    }
}
