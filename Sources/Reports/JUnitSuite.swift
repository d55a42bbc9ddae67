// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation

/// A `<testsuite>` while it is being written.
struct JUnitSuite: Sendable {
    private let head: String
    private let properties: String
    private let remark: String
    private let key: Key?
    private let classname: String
    private var cases = ""
    private var tests = 0
    private var failures = 0
    private var errors = 0
    private var skipped = 0

    private struct Key: Equatable {
        let job: Int
        let labJob: Int
        let suiteNumber: Int
        let suite: String

        init(_ test: TestResult) {
            job = test.position
            labJob = test.labJob
            suiteNumber = test.suiteNumber
            suite = test.suite
        }
    }

    /// A suite as given.
    init(
        name: String,
        package: String,
        id: Int,
        host: String,
        finishedAt: Date,
        properties: [(String, String)],
        remark: String,
        _ limits: TestCaseLimits
    ) {
        self.init(
            name: name,
            package: package,
            id: id,
            host: host,
            finishedAt: finishedAt,
            properties: properties,
            remark: remark,
            key: nil,
            classname: name,
            limits
        )
    }

    /// The suite that `test` is a case of.
    init(of test: TestResult, suiteRun: Int, id: Int, package: String, finishedAt: Date, _ limits: TestCaseLimits) {
        let name = ComparisonWording.suite(
            test.suite,
            run: suiteRun,
            role: test.role,
            nameLength: limits.nameLength
        )
        let place = test.url.map { String($0.prefix { $0 != "#" }) } ?? "lab job \(test.labJob)"
        self.init(
            name: name,
            package: package,
            id: id,
            host: test.backend,
            finishedAt: finishedAt,
            properties: [("environment", test.environment), ("job", "\(test.position)")]
                + (test.jobName.map { [("job_name", $0)] } ?? [])
                + (test.isJobIncomplete ? [("job_complete", "false")] : []),
            remark: place + "\n",
            key: Key(test),
            classname: "\(HarmlessText.line(package, limit: limits.nameLength)).\(name)",
            limits
        )
    }

    private init(
        name: String,
        package: String,
        id: Int,
        host: String,
        finishedAt: Date,
        properties: [(String, String)],
        remark: String,
        key: Key?,
        classname: String,
        _ limits: TestCaseLimits
    ) {
        // Ant's format has no room for a time zone.
        let timestamp = Timestamp.iso8601(finishedAt).replacing("Z", with: "")
        head =
            "<testsuite"
            + Self.attributes([
                ("name", Self.token(name, limits)), ("package", Self.token(package, limits)), ("id", "\(id)"),
                ("timestamp", timestamp), ("hostname", Self.token(host, limits)), ("time", "0"),
            ])
        var elements = "<properties>\n"
        for (name, value) in properties {
            let value = HarmlessText.line(value, limit: limits.reasonLength)
            elements += "<property\(Self.attributes([("name", Self.token(name, limits)), ("value", value)]))/>\n"
        }
        self.properties = elements + "</properties>\n"
        self.remark = "<system-out>\(MarkupText.escaped(HarmlessText.block(remark)))</system-out>\n<system-err/>\n"
        self.key = key
        self.classname = Self.token(classname, limits)
    }

    /// Whether `test` is a case of this suite.
    func holds(_ test: TestResult) -> Bool { key == Key(test) }

    /// Adds a test case and says how many bytes that took.
    mutating func add(_ test: TestResult, _ limits: TestCaseLimits) -> Int {
        let before = cases.utf8.count
        let measured = test.measurement.map { "measured \($0) \(test.units ?? "")" }
        let text = [measured, test.url].compactMap(\.self).joined(separator: "\n")
        var content = ""
        switch test.status {
        case .pass: break
        case .fail:
            failures += 1
            content = Self.complaint("failure", "fail", "the test failed", text, limits)
        case .xfail:
            skipped += 1
            content = "<skipped\(Self.attributes([("message", "it failed, as a known issue says")]))/>"
        case .skip:
            skipped += 1
            content = "<skipped/>"
        case .unknown:
            skipped += 1
            content = "<skipped\(Self.attributes([("message", "the lab does not know how it ended")]))/>"
        }
        addCase(HarmlessText.line(test.name, limit: limits.nameLength), content, limits)
        return cases.utf8.count - before
    }

    /// Adds a job as a case: an error, if it did not complete.
    mutating func add(_ job: Job, _ limits: TestCaseLimits) {
        var content = ""
        if !job.isComplete {
            errors += 1
            let reason = HarmlessText.line(job.reason ?? "no reason is known", limit: limits.reasonLength)
            let places = job.labJobs.prefix(10).map { $0.url ?? "lab job \($0.number)" }
            let attempts = job.isRetried ? ["after \(job.attempts) attempts"] : []
            let text = [HarmlessText.block(job.reason ?? "", limit: limits.reasonLength)] + attempts + places
            content = Self.complaint(
                "error",
                OutcomeWording.word(job.outcome),
                "\(OutcomeWording.word(job.outcome)): \(reason)",
                text.filter { !$0.isEmpty }.joined(separator: "\n"),
                limits
            )
        }
        if job.isComplete, let reason = job.reason {
            // It counts as passed, but a person should see that it says nothing.
            skipped += 1
            let words = HarmlessText.line(reason, limit: limits.reasonLength)
            content = "<skipped\(Self.attributes([("message", words)]))/>"
        }
        addCase(HarmlessText.line(job.title, limit: limits.nameLength), content, limits)
    }

    private mutating func addCase(_ name: String, _ content: String, _ limits: TestCaseLimits) {
        tests += 1
        let attributes = Self.attributes([("name", Self.token(name, limits)), ("classname", classname), ("time", "0")])
        cases += content.isEmpty ? "<testcase\(attributes)/>\n" : "<testcase\(attributes)>\(content)</testcase>\n"
    }

    /// The element.
    var xml: String {
        let numbers = [("tests", tests), ("failures", failures), ("errors", errors), ("skipped", skipped)]
        return head + Self.attributes(numbers.map { ($0.0, "\($0.1)") }) + ">\n" + properties + cases + remark
            + "</testsuite>\n"
    }

    private static func complaint(
        _ element: String,
        _ type: String,
        _ message: String,
        _ text: String,
        _ limits: TestCaseLimits
    ) -> String {
        "<\(element)\(attributes([("type", type), ("message", message)]))>"
            + "\(MarkupText.escaped(HarmlessText.block(text, limit: limits.reasonLength * 2)))</\(element)>"
    }

    private static func attributes(_ attributes: [(String, String)]) -> String {
        attributes.map { " \($0.0)=\"\(MarkupText.escaped($0.1))\"" }.joined()
    }

    /// A name that is not empty, as the schemas want it.
    private static func token(_ text: String, _ limits: TestCaseLimits) -> String {
        let line = HarmlessText.line(text, limit: limits.nameLength * 2)
        return line.allSatisfy(\.isWhitespace) ? "-" : line
    }
}
