// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore

/// A test job in SQUAD's JSON.
struct SQUADTestJobObject {
    private let testJob: SQUADJob
    private let job: Job?
    private let build: SQUADBuild
    /// Whether its definition is here.
    private let isDefined: Bool

    init(_ testJob: SQUADJob, _ job: Job?, of build: SQUADBuild, labs: LabAddresses, isDefined: Bool) {
        self.testJob = testJob
        self.job = job?.linked(labs)
        self.build = build
        self.isDefined = isDefined
    }

    /// The lab's number for it, once it has one; of a multinode group that of its first member.
    var jobID: String? { job?.labJobs.first.map { $0.subID ?? "\($0.number)" } }

    /// Where it is or how it ended, in LAVA's words; `nil` while it is in no lab.
    var status: String? {
        guard let job else { return nil }
        if let outcome = job.outcome { return SQUADStatusObject.word(for: outcome.rawValue) }
        return job.labJobs.first?.labState ?? SQUADStatusObject.word(for: job.state.rawValue)
    }

    /// Where its lab shows it.
    var externalURL: String? { job?.labJobs.first?.url }

    func members(_ links: SQUADLinks) -> [String: JSONValue] {
        let first = job?.labJobs.first
        let isFinished = job?.state == .finished
        return [
            "url": links.testJob(testJob.id), "id": .number(testJob.id), "external_url": .text(orNull: externalURL),
            "definition": isDefined ? links.testJob(testJob.id, "definition/") : .null,
            "name": .text(orNull: job?.name),
            "environment": .text(orNull: job?.environment), "backend": .text(orNull: job?.backend),
            "created_at": .squadTime(testJob.createdAt), "submitted_at": .squadTime(first?.submitTime),
            "fetched_at": .squadTime(job?.finishedAt), "started_at": .squadTime(first?.startTime),
            "ended_at": .squadTime(first?.endTime), "submitted": .truth(first != nil), "fetched": .truth(isFinished),
            "fetch_attempts": 0, "last_fetch_attempt": .squadTime(job?.finishedAt),
            "failure": .text(orNull: testJob.refusal ?? job?.reason),
            "can_resubmit": .truth(job?.hasFailed ?? false),
            "resubmitted_count": .number(max(0, (job?.attempts ?? 0) - 1)), "subtasks_count": 0,
            "job_id": .text(orNull: jobID), "job_status": .text(orNull: status),
            "testrun": isFinished ? links.testRun(testJob.id) : .null,
            "target": links.project(build.projectID), "target_build": links.build(build.id), "parent_job": .null,
            // Ours.
            "muster_jobset": .text(testJob.jobset.text),
            "muster_position": testJob.position.map { .number($0) } ?? .null,
            "muster_outcome": .text(orNull: job?.outcome?.rawValue),
        ]
    }
}
