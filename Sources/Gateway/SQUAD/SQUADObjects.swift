// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation

/// A build in SQUAD's JSON.
enum SQUADBuildObject {
    static func members(of build: SQUADBuild, isFinished: Bool, _ links: SQUADLinks) -> [String: JSONValue] {
        [
            "url": links.build(build.id), "id": .number(build.id), "version": .text(build.build.version),
            "project": links.project(build.projectID), "finished": .truth(isFinished),
            "created_at": .squadTime(build.createdAt), "datetime": .squadTime(build.createdAt),
            "testruns": links.build(build.id, "testruns/"), "testjobs": links.build(build.id, "testjobs/"),
            "status": links.build(build.id, "status/"), "metadata": links.build(build.id, "metadata/"),
            "patch_id": .null, "patch_url": .null, "patch_notified": false, "patch_source": .null,
            "patch_baseline": .null, "keep_data": false, "is_release": false, "release_label": .null,
            // Ours.
            "muster_jobset": .text(build.jobset.text),
        ]
    }
}

/// How a build stands in SQUAD's JSON. What SQUAD would compare with another build stands in the report.
enum SQUADStatusObject {
    static func members(
        of build: SQUADBuild,
        _ totals: SQUADBuildTotals,
        _ jobset: Jobset?,
        baseline: Int?,
        _ links: SQUADLinks
    ) -> [String: JSONValue] {
        let tests = totals.environments.reduce(TestCounts()) { $0 + $1.tests }
        let ended = totals.environments.reduce(0) { $0 + $1.ended }
        let completed = totals.environments.reduce(0) { $0 + $1.completed }
        let environments = totals.environments.filter { $0.ended > 0 }.map { ($0.name, details(of: $0)) }
        return counts(of: tests).merging([
            "pass_percentage": percentage(tests.pass, of: tests), "fail_percentage": percentage(tests.fail, of: tests),
            "skip_percentage": percentage(tests.skip + tests.unknown, of: tests),
            "test_runs_total": .number(ended), "test_runs_completed": .number(completed),
            "test_runs_incomplete": .number(ended - completed),
            "finished": .truth(totals.isFinished), "notified": .truth(totals.isFinished),
            "notified_on_timeout": .null, "approved": false,
            "last_updated": .squadTime(totals.finishedAt), "created_at": .squadTime(build.createdAt),
            "build": links.build(build.id), "baseline": baseline.map { links.build($0) } ?? .null,
            "has_tests": .truth(tests.total > 0), "has_metrics": false, "metrics_summary": .null,
            "regressions": .null, "fixes": .null, "metric_regressions": .null, "metric_fixes": .null,
            "details": .object(Dictionary(environments) { first, _ in first }),
            // Ours.
            "muster_jobset": .text(build.jobset.text),
            "muster_verdict": .text(orNull: jobset?.verdict?.rawValue),
            "muster_sealed": .truth(jobset?.isSealed ?? false),
        ]) { $1 }
    }

    /// How many jobs stand how, in the lab's words.
    static func summary(of environments: [SQUADBuildTotals.Environment]) -> JSONValue {
        var counts: [String: Int] = [:]
        for (status, jobs) in environments.flatMap(\.statuses) {
            counts[word(for: status) ?? "null", default: 0] += jobs
        }
        return .object(counts.mapValues { .number($0) })
    }

    /// LAVA's word for how one of our jobs stands or has ended; `nil` for one that is in no lab yet.
    static func word(for status: String) -> String? {
        switch (JobState(rawValue: status), JobOutcome(rawValue: status)) {
        case (.submitted, _): "Submitted"
        case (_, .complete): "Complete"
        case (_, .canceled): "Canceled"
        case (_, .incomplete), (_, .rejected), (_, .lost), (_, .expired), (_, .undeliverable): "Incomplete"
        // Waiting, or a word that this version does not know and SQUAD has none for.
        case (_, nil): nil
        }
    }

    private static func details(of environment: SQUADBuildTotals.Environment) -> JSONValue {
        .object(counts(of: environment.tests).merging(["testruns": .number(environment.ended)]) { $1 })
    }

    /// SQUAD knows no other end of a test case than pass, fail and skip; known issues it alone knows.
    private static func counts(of tests: TestCounts) -> [String: JSONValue] {
        [
            "tests_total": .number(tests.total), "tests_pass": .number(tests.pass), "tests_fail": .number(tests.fail),
            "tests_skip": .number(tests.skip + tests.unknown), "tests_xfail": .number(tests.xfail),
        ]
    }

    /// To a hundredth.
    private static func percentage(_ number: Int, of tests: TestCounts) -> JSONValue {
        guard tests.total > 0 else { return 0 }
        return .fraction((Double(number) * 10_000 / Double(tests.total)).rounded() / 100)
    }
}

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

/// Test cases in SQUAD's JSON, as tests or as metrics.
struct SQUADTestObjects {
    private let results: [(jobset: Int, result: SQUADResult)]
    private let build: SQUADBuild
    private let environments: [String: Int]
    private let suites: [String: Int]
    /// The numbers of their test jobs, by the jobset's place and the job's.
    private var testJobs: [Int: [Int: Int]] = [:]

    init(
        _ results: [(jobset: Int, result: SQUADResult)],
        of jobsets: [UUID],
        _ build: SQUADBuild,
        _ store: FleetStore
    ) async throws {
        self.results = results
        self.build = build
        let project = build.projectID
        environments = try await store.squadNumbers(
            .environment,
            Set(results.map(\.result.environment)),
            ofProject: project
        )
        suites = try await store.squadNumbers(.suite, Set(results.map(\.result.suite)), ofProject: project)
        for (place, here) in Dictionary(grouping: results, by: \.jobset) {
            let positions = Set(here.map(\.result.position))
            testJobs[place] = try await store.squadJobNumbers(of: jobsets[place], positions: positions)
        }
    }

    func list(isMeasured: Bool, _ links: SQUADLinks) -> [JSONValue] {
        results.map { place, result in
            let specific = isMeasured ? metric(result, links) : test(result, links)
            return .object(common(place, result, links).merging(specific) { $1 })
        }
    }

    private func common(_ place: Int, _ result: SQUADResult, _ links: SQUADLinks) -> [String: JSONValue] {
        [
            "id": .number(result.id), "name": .text("\(result.suite)/\(result.name)"), "short_name": .text(result.name),
            "build": links.build(build.id),
            "environment": environments[result.environment].map { links.name(.environment, $0) } ?? .null,
            "suite": suites[result.suite].map { links.name(.suite, $0) } ?? .null,
            "test_run": testJobs[place]?[result.position].map { links.testRun($0) } ?? .null, "metadata": .null,
        ]
    }

    private func test(_ result: SQUADResult, _ links: SQUADLinks) -> [String: JSONValue] {
        let (status, outcome): (String, JSONValue) =
            switch result.status {
            case .pass: ("pass", true)
            case .fail: ("fail", false)
            case .xfail: ("xfail", false)
            case .skip, .unknown: ("skip", .null)
            }
        return [
            "url": links.test(result.id), "status": .text(status), "result": outcome, "log": .null,
            "has_known_issues": .truth(result.status == .xfail), "known_issues": [],
        ]
    }

    private func metric(_ result: SQUADResult, _ links: SQUADLinks) -> [String: JSONValue] {
        let value = result.measurement.flatMap(Double.init).flatMap { $0.isFinite ? $0 : nil }
        return [
            "url": links.metric(result.id), "result": value.map { .fraction($0) } ?? .null,
            "measurement_list": .list(value.map { [.fraction($0)] } ?? []), "unit": .text(orNull: result.units),
            "is_outlier": false,
        ]
    }
}
