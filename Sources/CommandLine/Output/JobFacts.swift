// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation

/// What is known of one job, for people: the job itself, then every attempt with its lab jobs.
enum JobFacts {
    /// The facts, in the order of what happened.
    static func all(
        _ job: Job,
        on terminal: Terminal,
        now: Date = .now
    ) -> Facts {
        let tests = job.tests.total == 0 ? nil : VerdictLine.tests(job.tests)
        var pairs: [(name: String, value: String?)] = [
            ("job", "\(job.position)"),
            ("environment", job.environment),
            ("name", job.name),
            ("backend", job.backend),
            ("state", JobsCommand.state(of: job)),
            ("reason", job.reason),
            ("priority", job.priority.flatMap { $0 == JobsetDocument.defaultPriority ? nil : "\($0)" }),
            ("retries", job.retries.map { $0 == 0 ? "none" : "up to \($0)" }),
            ("timeout", job.timeout?.words),
            ("tests", tests),
            ("accepted", Age.told(job.createdAt, on: terminal, now: now)),
            ("cancel asked", job.cancelRequestedAt.map { Age.told($0, on: terminal, now: now) }),
            ("finished", job.finishedAt.map { Age.told($0, on: terminal, now: now) }),
        ]
        for attempt in job.attemptHistory ?? [] {
            pairs += facts(of: attempt, on: terminal, now: now)
            for labJob in attempt.labJobs {
                pairs += facts(of: labJob, in: attempt)
            }
            for labJob in attempt.surplusLabJobs ?? [] {
                pairs.append(("  surplus \(labJob.subID ?? "\(labJob.number)")", labJob.standing))
                pairs.append(("    page", labJob.url))
            }
        }
        return Facts(pairs: pairs)
    }

    private static func facts(
        of attempt: Attempt,
        on terminal: Terminal,
        now: Date
    ) -> [(name: String, value: String?)] {
        let told = [attempt.outcome?.rawValue ?? attempt.state.rawValue, attempt.reason]
        let requests = attempt.tries == 1 ? "1 request failed" : "\(attempt.tries) requests failed"
        return [
            ("attempt \(attempt.number)", told.compactMap(\.self).joined(separator: ": ")),
            ("  submitted", attempt.submittedAt.map { Age.told($0, on: terminal, now: now) }),
            ("  ended", attempt.endedAt.map { Age.told($0, on: terminal, now: now) }),
            (
                "  trouble",
                attempt.tries == 0
                    ? nil : [requests, attempt.lastError].compactMap(\.self).joined(separator: ", last: ")
            ),
        ]
    }

    private static func facts(
        of labJob: LabJob,
        in attempt: Attempt
    ) -> [(name: String, value: String?)] {
        let state = labJob.health ?? labJob.labState ?? "in the lab"
        let role = labJob.role.map { "role \($0)" }
        let device = labJob.device.map { "on \($0)" }
        let span = labJob.startTime.flatMap { start in
            labJob.endTime.flatMap { Int(exactly: $0.timeIntervalSince(start).rounded()) }
                .map { "ran \(Age.span(seconds: max(0, $0)))" }
        }
        let error = [labJob.errorType, labJob.errorMessage].compactMap(\.self).joined(separator: ": ")
        return [
            (
                "  lab job \(labJob.subID ?? "\(labJob.number)")",
                [state, role, device, span].compactMap(\.self).joined(separator: ", ")
            ),
            // What the attempt has told already is not told again.
            ("    error", error.isEmpty || error == attempt.reason ? nil : error),
            ("    left out", labJob.resultsLeftOut.map { "\($0) results, more than are kept" }),
            ("    page", labJob.url),
        ]
    }
}
