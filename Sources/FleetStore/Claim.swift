// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

/// What is to be done with a job for which a message came.
package enum Claim: Sendable, Equatable {
    /// Submit it; when it is in doubt, look for it in the lab first.
    case claimed(ClaimedAttempt)
    /// Nothing: it has been submitted, has ended, or never was.
    case notWaiting
    /// Nothing now: it is parked, and a later message will come for it.
    case parked(ParkingReason)
}

/// Why a waiting job has been put aside.
package enum ParkingReason: String, Sendable {
    /// The lab has as many of our jobs as it may have.
    case saturated
    /// Nothing is submitted to the lab at present: it refuses our token, or a person has paused it.
    case stopped
    /// The lab fails, and its turn to be tried has not come.
    case broken
    /// Another submitter is at work on it.
    case held
}

/// What a claim needs to know of the submitter and its lab.
package struct ClaimTerms: Sendable {
    /// Who claims: a new one for each message, so that the same message delivered twice to one process is held apart.
    package let claimant: UUID
    /// For how long; longer than a request to the lab can take.
    package let lease: Duration
    /// How many jobs of ours the lab may have at once.
    package let maximumInFlight: Int

    package init(claimant: UUID, lease: Duration, maximumInFlight: Int) {
        self.claimant = claimant
        self.lease = lease
        self.maximumInFlight = maximumInFlight
    }
}

/// One submission of a job, claimed by one submitter until its lease ends.
package struct ClaimedAttempt: Sendable, Equatable {
    /// The attempt; its tag in the lab's `original_definition`.
    package let id: UUID
    /// The job's row.
    package let jobID: Int
    /// The jobset it belongs to.
    package let jobsetID: UUID
    /// The definition as it was declared; `nil` for a large one, which ``FleetStore/definition(of:)`` gives: many jobs
    /// are claimed ahead, and are not to hold so much until it is their turn.
    package let definition: String?
    /// When the first submitter took it up; no lab job of it can be older, but for the clocks' difference.
    package let createdAt: Date
    /// From when on its lab may have it: usually from then, and from the time to which the database was restored if that
    /// was just done.
    package let searchFrom: Date
    /// How long ago it was first taken up.
    package let age: Duration
    /// Set when an earlier request may have reached the lab: for how long it has been in doubt.
    package let doubt: Duration?
    /// How often it has failed before.
    package let tries: Int
    /// What it last failed with.
    package let lastError: String?
    /// Set when the job is canceled meanwhile: nothing is to be sent, and why.
    package let cancellation: JobCancellation?
    /// How often the lab answered it with a failure of its own.
    package let serverErrors: Int
    /// How long ago it first did.
    package let serverErrorsAge: Duration?
    /// When the lab last took another submission, counted from then; negative if it was before. `nil` if it was long
    /// before, or never.
    package let labTookOther: Duration?
    /// Whether the lab's latest submission failed, or its circuit is open.
    package let isLabFailing: Bool
    /// Whether this is the one job that may try a lab whose circuit is open.
    package let isProbe: Bool
    /// Where in a trace its jobset was submitted.
    package let traceParent: TraceParent?

    /// How long before it failed on an attempt a lab may have taken another for that to say anything.
    static let recently: Duration = .seconds(300)
    /// The most that a definition has which comes with the claim, in bytes.
    static let smallDefinition = 64 << 10
}

extension ClaimedAttempt: Decodable {
    private enum Column: String, CodingKey {
        case id, jobID, jobsetID, definition, createdAt, searchFrom, age, doubt, tries, lastError, isCanceled
        case cancelReason
        case serverErrors, serverErrorsAge, labTookOther, isLabFailing, isProbe, traceparent
    }

    /// From a row. A time of it that somebody has set by hand is believed as far as a duration can be.
    package init(from decoder: any Decoder) throws {
        let row = try decoder.container(keyedBy: Column.self)
        func duration(_ column: Column) throws -> Duration? {
            try row.decodeIfPresent(Double.self, forKey: column).map(Duration.init(databaseSeconds:))
        }
        id = try row.decode(UUID.self, forKey: .id)
        jobID = try row.decode(Int.self, forKey: .jobID)
        jobsetID = try row.decode(UUID.self, forKey: .jobsetID)
        definition = try row.decodeIfPresent(String.self, forKey: .definition)
        createdAt = try row.decode(Date.self, forKey: .createdAt)
        searchFrom = try row.decode(Date.self, forKey: .searchFrom)
        age = Duration(databaseSeconds: try row.decode(Double.self, forKey: .age))
        doubt = try duration(.doubt)
        tries = try row.decode(Int.self, forKey: .tries)
        lastError = try row.decodeIfPresent(String.self, forKey: .lastError)
        let reason = try row.decodeIfPresent(String.self, forKey: .cancelReason)
        cancellation = try row.decode(Bool.self, forKey: .isCanceled) ? JobCancellation(reason: reason) : nil
        serverErrors = try row.decode(Int.self, forKey: .serverErrors)
        serverErrorsAge = try duration(.serverErrorsAge)
        labTookOther = try duration(.labTookOther)
        isLabFailing = try row.decode(Bool.self, forKey: .isLabFailing)
        isProbe = try row.decode(Bool.self, forKey: .isProbe)
        traceParent = try row.decodeIfPresent(String.self, forKey: .traceparent).flatMap(TraceParent.init)
    }
}

extension FleetStore {
    /// The definition of a claimed job, as it was declared.
    package func definition(of attempt: ClaimedAttempt) async throws -> String {
        if let definition = attempt.definition { return definition }
        let rows = try await query(
            """
            select definition from job join job_definition using (jobset_id, position) where id = \(attempt.jobID)
            """
        )
        guard let row = rows.first else { throw MissingRow(table: "job_definition", id: "of job \(attempt.jobID)") }
        return try row.decode(String.self)
    }
}

/// That a job was canceled.
package struct JobCancellation: Sendable, Equatable {
    /// Why, where it was said.
    package let reason: String?
}
