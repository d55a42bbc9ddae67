// SPDX-License-Identifier: Apache-2.0

package import Fleet
import Foundation
import Postgres

/// What an event other than the end has to tell, as it was when it happened.
package struct JobsetEventData: Sendable, Codable, Equatable {
    /// When it happened, in seconds since 1970.
    package let at: Double
    /// How many jobs the jobset had.
    package let total: Int
    /// How many of them had not ended.
    package let pending: Int
    /// How many of them had failed.
    package let failures: Int
    /// Why the jobset was canceled, if it was.
    package let reason: String?
    /// When its deadline was, in seconds since 1970, if it had one.
    package let deadline: Double?
    /// The job that failed, if the event is about one.
    package let job: Job?

    /// A job that failed.
    package struct Job: Sendable, Codable, Equatable {
        /// Its place in the document.
        package let position: Int
        /// What it ran on.
        package let environment: String
        /// What it is called.
        package let name: String?
        /// The lab it was for.
        package let backend: String
        package let outcome: JobOutcome
        /// Why it did not complete.
        package let reason: String?
        /// How many of its tests failed.
        package let testsFailed: Int

        enum CodingKeys: String, CodingKey {
            case position, environment, name, backend, outcome, reason
            case testsFailed = "tests_failed"
        }
    }
}

/// Events are deliveries from the moment they happen: written in the transaction that makes them happen, for the
/// receivers that chose them, once a generation.
extension PostgresTransaction {
    /// The jobsets are locked, and what the event changes in them is written already.
    func recordEvent(_ event: JobsetEvent, of jobsets: [UUID]) throws {
        try execute(
            """
            insert into delivery (jobset_id, generation, event, kind, receiver, data)
            select id, generation, \(event), 'callback', callback ->> 'url', \(unsafeSQL: Self.eventData)
            from jobset
            where id = any(\(jobsets)) and callback -> 'events' @> jsonb_build_array(\(event)::text)
            on conflict do nothing
            """
        )
    }

    /// Of each jobset, the first failed job among `jobs`.
    func recordFirstFailures(of jobsets: [UUID], among jobs: [Int]) throws {
        try execute(
            """
            insert into delivery (jobset_id, generation, event, kind, receiver, data)
            select distinct on (jobset.id) jobset.id, jobset.generation, 'first_failure', 'callback', callback ->> 'url',
                \(unsafeSQL: Self.eventData) || jsonb_build_object('job', jsonb_build_object(
                    'position', job.position, 'environment', job.environment, 'name', job.name, 'backend', job.backend,
                    'outcome', job.outcome, 'reason', job.reason, 'tests_failed', job.tests_fail
                ))
            from jobset join job on job.jobset_id = jobset.id
            where jobset.id = any(\(jobsets)) and job.id = any(\(jobs)) and \(unsafeSQL: Self.isFailure)
                and callback -> 'events' @> '["first_failure"]'
            order by jobset.id, job.position
            on conflict do nothing
            """
        )
    }

    static let eventData = """
        jsonb_build_object(
            'at', extract(epoch from now()), 'total', jobset.total, 'pending', jobset.pending,
            'failures', jobset.failures, 'reason', jobset.canceled_reason,
            'deadline', extract(epoch from jobset.deadline)
        )
        """
}
