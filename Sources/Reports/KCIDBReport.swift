// SPDX-License-Identifier: Apache-2.0

package import Fleet
import Foundation

/// A report as a submission to a KCIDB, KernelCI's database of results: the checkout, its build, a test for each test case
/// and for each job that did not complete, and an incident for each failure that a known issue explains.
///
/// Test cases are added one by one and in any number; the document stays within its limits.
package struct KCIDBReport: Sendable {
    private let report: FinishedJobsetReport
    private let settings: KCIDBSettings
    private let limits: TestCaseLimits
    private let labJobs: [LabJobKey: LabJob]
    private var tests: [String] = []
    private var issues: [String] = []
    private var incidents: [String] = []
    private var issueIDs: [Int: String] = [:]
    private var known: [String: Int] = [:]
    private var bytes = 0
    private var cases = 0
    private var missing: [MissingPart]

    private struct LabJobKey: Hashable {
        let position: Int
        let number: Int
    }

    /// A document of `report` without test cases.
    package init(_ report: FinishedJobsetReport, _ settings: KCIDBSettings, limits: TestCaseLimits = .kcidb) throws {
        self.report = report
        self.settings = settings
        self.limits = limits
        missing = report.missing
        let all = report.jobs.flatMap { job in
            job.labJobs.map { (LabJobKey(position: job.position, number: $0.number), $0) }
        }
        labJobs = Dictionary(all) { first, _ in first }
        for job in report.jobs.prefix(limits.jobs) where !job.isComplete { try add(job) }
    }

    /// The document of a report with the test cases that the report itself lists: those that failed.
    package static func json(_ report: FinishedJobsetReport, _ settings: KCIDBSettings) throws -> String {
        var document = try KCIDBReport(report, settings)
        for test in report.failedTests { try document.add(test) }
        return try document.json()
    }

    /// The whole document.
    ///
    /// - Throws: `EncodingError`, for which no reason is known.
    package func json() throws -> String {
        let version = #"{"major":\#(KCIDB.version.major),"minor":\#(KCIDB.version.minor)}"#
        let lists: [(String, [String])] = [
            ("checkouts", [try Self.written(checkout)]), ("builds", [try Self.written(build)]), ("tests", tests),
            ("issues", issues), ("incidents", incidents),
        ]
        let members = lists.map { name, objects in "\"\(name)\":[\(objects.joined(separator: ","))]" }
        return "{\"version\":\(version),\(members.joined(separator: ","))}"
    }

    /// A job that did not complete: what it was to test is missing, or nobody knows.
    private mutating func add(_ job: Job) throws {
        let outcome = OutcomeWording.word(job.outcome)
        let name = job.name.map { KCIDB.path($0) } ?? ""
        let labJob = job.labJobs.first
        let reason = job.reason.map { HarmlessText.block($0, limit: limits.reasonLength) }
        try append(
            KCIDB.Test(
                id: id("\(job.position)"),
                origin: settings.origin,
                buildID: buildID,
                path: name.isEmpty ? "job" : name,
                // Only an incomplete job has run.
                status: job.outcome == .incomplete ? .error : .miss,
                environment: environment(job.environment, job.backend, labJob),
                comment: "The job did not complete: \(outcome)",
                logURL: labJob.flatMap { Self.log(at: $0.url, $0.number) },
                logExcerpt: reason,
                startTime: labJob?.startTime.map(Timestamp.iso8601),
                duration: labJob.flatMap(Self.duration),
                misc: ["outcome": outcome, "attempts": "\(job.attempts)"]
            )
        )
    }

    private mutating func append(_ test: KCIDB.Test) throws {
        let text = try Self.written(test)
        bytes += text.utf8.count
        tests.append(text)
    }
}

extension KCIDBReport: TestCaseDocument {
    package var isFull: Bool { cases >= limits.tests || bytes >= limits.bytes }

    package mutating func note(_ part: MissingPart) { missing.append(part) }

    package mutating func add(_ test: TestResult, suiteRun: Int = 1) throws {
        guard !isFull else { return }
        cases += 1
        let name = HarmlessText.line(test.name, limit: limits.nameLength)
        let key = "\(test.position)/\(test.labJob)/\(test.suiteNumber)/\(name)"
        known[key, default: 0] += 1
        let repeated = known[key].map { $0 > 1 ? "#\($0)" : "" } ?? ""
        let path = KCIDB.path(test.suite, test.name)
        let labJob = labJobs[LabJobKey(position: test.position, number: test.labJob)]
        let id = id("\(key)\(repeated)")
        var misc = ["suite": HarmlessText.line(test.suite, limit: limits.nameLength), "name": name]
        misc["suite_run"] = suiteRun > 1 ? "\(suiteRun)" : nil
        misc["url"] = Self.uri(test.url)
        misc["role"] = test.role.map { HarmlessText.line($0, limit: limits.nameLength) }
        try append(
            KCIDB.Test(
                id: id,
                origin: settings.origin,
                buildID: buildID,
                path: path.isEmpty ? "test" : path,
                status: Self.status(test.status),
                environment: environment(test.environment, test.backend, labJob),
                logURL: Self.log(at: test.url, test.labJob),
                number: Self.number(test),
                startTime: labJob?.startTime.map(Timestamp.iso8601),
                misc: misc
            )
        )
        if test.status == .xfail { try addIncident(test, id) }
    }

    /// Of the known issues that explain a failure, the first one.
    private mutating func addIncident(_ test: TestResult, _ testID: String) throws {
        let found = report.knownIssues.firstIndex {
            $0.pattern.matches(environment: test.environment, suite: test.suite, test: test.name)
        }
        guard let found else { return }
        let issue = try issueIDs[found] ?? addIssue(found)
        let incident = KCIDB.Incident(
            id: testID + "/known-issue",
            origin: settings.origin,
            issueID: issue,
            testID: testID
        )
        incidents.append(try Self.written(incident))
    }

    /// A known issue is known by what it says: if that changes, it is another one.
    private mutating func addIssue(_ index: Int) throws -> String {
        let known = report.knownIssues[index]
        let id = Self.digest([
            known.environment, known.suite, known.test, known.reason, known.url ?? "",
            Build(report.jobset.build)?.project ?? "",
        ])
        let issue = KCIDB.Issue(
            id: "\(settings.origin):known-issue-\(id)",
            origin: settings.origin,
            reportURL: Self.uri(known.url),
            reportSubject: HarmlessText.line(known.reason, limit: limits.nameLength),
            comment: HarmlessText.line("Fails as known: \(known.pattern.line)", limit: limits.reasonLength)
        )
        issues.append(try Self.written(issue))
        issueIDs[index] = issue.id
        return issue.id
    }
}

// MARK: The objects above the tests

extension KCIDBReport {
    /// Jobsets of the same source are of one checkout.
    private var checkout: KCIDB.Checkout {
        let source = report.jobset.source ?? JobsetSource()
        let isKnown = source.commit != nil
        let name =
            isKnown
            ? Self.digest(
                [
                    source.tree, source.gitURL, source.branch, source.commit, source.describe, source.patchsetHash,
                ].map { $0 ?? "" }
            )
            : report.jobset.id.text
        return KCIDB.Checkout(
            id: "\(settings.origin):\(name)",
            origin: settings.origin,
            treeName: source.tree,
            gitRepositoryURL: source.gitURL.flatMap { $0.hasPrefix("https://") ? Self.uri($0) : nil },
            gitRepositoryBranch: source.branch,
            // The schema knows no other hash of a commit than SHA-1.
            gitCommitHash: source.commit.flatMap { $0.count == 40 ? $0 : nil },
            gitCommitName: source.describe,
            // A commit without patches has an empty one.
            patchsetHash: source.patchsetHash ?? (isKnown ? "" : nil),
            startTime: Timestamp.iso8601(report.jobset.createdAt)
        )
    }

    private var build: KCIDB.Build {
        let (jobset, source) = (report.jobset, report.jobset.source ?? JobsetSource())
        var misc = [
            "jobset": jobset.id.text, "build": HarmlessText.line(jobset.build, limit: limits.nameLength),
            "generation": "\(jobset.generation)", "verdict": report.verdict.rawValue,
        ]
        misc["url"] = MarkupText.webAddress(report.page)
        let omitted = max(0, report.totals.tests.total - cases)
        misc["tests_omitted"] = omitted > 0 ? "\(omitted)" : nil
        misc["missing"] = missing.isEmpty ? nil : MissingWording.lines(missing).joined(separator: " ")
        for (key, value) in jobset.labels {
            misc["label.\(HarmlessText.line(key, limit: limits.nameLength))"] =
                HarmlessText.line(value, limit: limits.nameLength)
        }
        return KCIDB.Build(
            id: buildID,
            origin: settings.origin,
            checkoutID: checkout.id,
            startTime: Timestamp.iso8601(jobset.createdAt),
            architecture: source.architecture,
            compiler: source.compiler,
            configName: source.config,
            // A lab has run it, so it was built.
            status: report.totals.outcomes[.complete] ?? 0 > 0 ? .pass : nil,
            misc: misc
        )
    }

    /// A generation is a build of its own: of two objects with one id a KCIDB takes any value, and not the later one.
    private var buildID: String { "\(settings.origin):\(report.jobset.id.text)/\(report.jobset.generation)" }

    private func id(_ rest: String) -> String { "\(buildID)/\(rest)" }

    private func environment(_ environment: String, _ backend: String, _ labJob: LabJob?) -> KCIDB.Environment {
        let name = HarmlessText.line(environment, limit: limits.nameLength)
        // KernelCI's pages look for a board's name under `platform`.
        var misc = ["platform": name, "lab": HarmlessText.line(backend, limit: limits.nameLength)]
        misc["device"] = labJob?.device.map { HarmlessText.line($0, limit: limits.nameLength) }
        return KCIDB.Environment(comment: name, compatible: settings.compatible[environment], misc: misc)
    }

    private static func status(_ status: ResultStatus) -> KCIDB.Status {
        switch status {
        case .pass: .pass
        // An incident says that it is known.
        case .fail, .xfail: .fail
        case .skip: .skip
        case .unknown: .error
        }
    }

    private static func number(_ test: TestResult) -> KCIDB.Number? {
        guard let value = test.measurement.flatMap({ Double($0) }), value.isFinite else { return nil }
        return KCIDB.Number(value: value, unit: test.units.map { HarmlessText.line($0, limit: 100) })
    }

    private static func duration(_ labJob: LabJob) -> Double? {
        guard let start = labJob.startTime, let end = labJob.endTime, end > start else { return nil }
        return end.timeIntervalSince(start)
    }

    /// The log of a lab job as text, of which LAVA has one behind its page; else the page itself.
    private static func log(at page: String?, _ number: Int) -> String? {
        let page = uri(page).map { String($0.prefix { $0 != "#" }) }
        return page.map { $0.hasSuffix("/scheduler/job/\(number)") ? "\($0)/log_file/plain" : $0 }
    }

    /// An address of the web that is a URI by RFC 3986, as the schema wants it.
    private static func uri(_ address: String?) -> String? {
        guard let address = MarkupText.webAddress(address),
            URLComponents(string: address, encodingInvalidCharacters: false)?.host?.isEmpty == false,
            address.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        return address
    }

    private static func digest(_ parts: [String]) -> String {
        var id = ContentID("muster.kcidb.1")
        for part in parts { id.add(Array(part.utf8)) }
        return id.id.text
    }

    private static func written(_ object: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return String(decoding: try encoder.encode(object), as: UTF8.self)
    }
}
