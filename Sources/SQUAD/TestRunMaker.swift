// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation

/// Turns a job's results, given piece by piece in LAVA's order, into test runs for SQUAD, one a piece.
///
/// The same pieces give the same test runs under the same ids, so a push that broke off can simply be made again.
package struct TestRunMaker: Sendable {
    /// SQUAD drops test cases with longer names without a word, and suites have room for no more.
    static let longestName = 256
    static let longestUnit = 30

    private let job: FinishedJob
    private var part = 0
    /// The numbers that each suite was seen with, in their order.
    private var numbers: [String: [Int]] = [:]

    /// A maker of the test runs of `job`.
    package init(_ job: FinishedJob) {
        self.job = job
    }

    /// The next test run, with these results. A job without any has one test run all the same: it says that the job
    /// was there and how it ended.
    package mutating func next(_ results: [TestResult]) -> TestRun {
        part += 1
        let id = part == 1 ? job.id : "\(job.id).\(part)"
        var run = TestRun(environment: job.job.environment, jobID: id)
        run.metadata = job.metadata
        run.metadata["job_id"] = id
        for result in results { add(result, to: &run) }
        return run
    }

    private mutating func add(_ result: TestResult, to run: inout TestRun) {
        let name = "\(suite(of: result))/\(Self.shortened(result.name))"
        let word = Self.word(for: result.status)
        // Of two cases with one name the worse stays; SQUAD itself would keep the last.
        run.tests[name] = run.tests[name].map { Self.worse($0, word) } ?? word
        if let value = result.measurement.flatMap(Double.init), value.isFinite {
            let units = result.units.flatMap { $0.isEmpty ? nil : String($0.prefix(Self.longestUnit)) }
            run.metrics[name] = TestRun.Metric(value: value, unit: units)
        }
    }

    /// The suite's name; when it ran before in this job, with a number: `ltp`, `ltp-2`. SQUAD itself would write the
    /// results of the second over those of the first.
    private mutating func suite(of result: TestResult) -> String {
        var known = numbers[result.suite, default: []]
        let index = known.firstIndex(of: result.suiteNumber) ?? known.endIndex
        if index == known.endIndex {
            known.append(result.suiteNumber)
            numbers[result.suite] = known
        }
        return Self.shortened(index == 0 ? result.suite : "\(result.suite)-\(index + 1)")
    }

    /// SQUAD has `pass` and `fail`; anything else it shows as skipped. What it calls xfail it finds out by itself,
    /// from the known issues of its project.
    static func word(for status: ResultStatus) -> String {
        switch status {
        case .pass: "pass"
        case .fail, .xfail: "fail"
        case .skip, .unknown: "skip"
        }
    }

    private static func worse(_ one: String, _ other: String) -> String {
        let order = ["fail", "skip", "pass"]
        return order.first { $0 == one || $0 == other } ?? one
    }

    /// `text` if SQUAD has room for it, else its beginning and a number made from all of it, so that two long names
    /// that begin alike stay two.
    static func shortened(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard scalars.count > longestName else { return text }
        // FNV-1a, 32 bits
        let hash = text.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        let digits = String(hash, radix: 16)
        let end = "~" + String(repeating: "0", count: 8 - digits.count) + digits
        return String(String.UnicodeScalarView(scalars.prefix(longestName - end.count))) + end
    }
}

/// One test run, as SQUAD takes it in one request.
package struct TestRun: Sendable, Equatable {
    /// A measured value. SQUAD keeps it as a floating point number.
    package struct Metric: Sendable, Equatable, Encodable {
        /// Never infinite, never not a number: JSON has neither.
        package let value: Double
        /// At most 30 characters, which is what SQUAD's column holds.
        package let unit: String?
    }

    /// Where it ran.
    package let environment: String
    /// Told apart by SQUAD within a build: a second run with the same id is refused.
    package let jobID: String
    /// `pass`, `fail` or `skip` by `suite/name`.
    package var tests: [String: String] = [:]
    package var metrics: [String: Metric] = [:]
    /// What else is known of the job, `job_id`, `job_status` and `job_url` among it.
    package var metadata: [String: String] = [:]
}

/// A job that has ended, or one of the lab jobs of a multinode job: what becomes one test run.
package struct FinishedJob: Sendable, Equatable {
    package var jobset: UUID
    package var job: Job
    /// What the lab made of it; `nil` where it never got so far.
    package var labJob: LabJob?

    package init(_ job: Job, _ labJob: LabJob?, of jobset: UUID) {
        self.job = job
        self.labJob = labJob
        self.jobset = jobset
    }

    /// The same each time it is pushed, so that SQUAD refuses a repeat, and another for another attempt.
    ///
    /// The lab's name is part of it: SQUAD takes equal numbers of two labs for one job. A job that no lab has seen is
    /// named by its jobset, its place there and its attempts. The longest is 91 characters of SQUAD's 128.
    package var id: String {
        if let labJob { "\(job.backend).\(labJob.number)" } else { "\(jobset.text).\(job.position).\(job.attempts)" }
    }

    /// Everything SQUAD is told of it beside its results.
    var metadata: [String: String] {
        var metadata = [
            "job_id": id, "backend": job.backend, "attempts": "\(job.attempts)", "muster_jobset": jobset.text,
            "muster_job": "\(job.position)",
        ]
        metadata["job_status"] = job.outcome.map { $0.rawValue.prefix(1).uppercased() + $0.rawValue.dropFirst() }
        metadata["error_msg"] = job.reason ?? labJob?.errorMessage
        guard let labJob else { return metadata }
        metadata["lab_job"] = "\(labJob.number)"
        metadata["job_url"] = labJob.url
        metadata["log_url"] = labJob.url.map { "\($0)/log_file/plain" }
        metadata["role"] = labJob.role
        metadata["device"] = labJob.device
        metadata["error_type"] = labJob.errorType
        return metadata
    }
}
