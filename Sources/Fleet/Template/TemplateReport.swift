// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What the built-in templates that are no text read of a report, or of an event's facts.
struct TemplateReport: Decodable {
    struct Jobset: Decodable {
        let id, build: String
        let createdAt, finishedAt: String?
    }

    struct Job: Decodable {
        let environment: String
        let name, outcome, reason: String?
    }

    struct Test: Decodable {
        let environment, suite, name: String
        let url: String?
    }

    struct Totals: Decodable {
        struct Jobs: Decodable { let total, complete: Int }
        struct Tests: Decodable { let pass, fail: Int }

        let jobs: Jobs
        let tests: Tests
    }

    /// A test that failed, or a job that did not complete.
    struct Failure {
        let isTest: Bool
        /// Environment and suite.
        let place: String
        let title: String
        /// All of it in a line.
        let line: String
        let url: String?
    }

    let jobset: Jobset
    let happenedAt, sentence: String?
    let totals: Totals?
    let jobs: [Job]?
    let failedTests: [Test]?
    let failedTestsOmitted: Int?

    /// How many failures a person reads in a message.
    static let listed = 10

    /// Failed tests, and after them jobs that did not complete.
    var failures: [Failure] {
        (failedTests ?? []).map { test in
            Failure(
                isTest: true,
                place: "\(test.environment)/\(test.suite)",
                title: test.name,
                line: HarmlessText.line("\(test.suite)/\(test.name) failed on \(test.environment)"),
                url: test.url
            )
        } + incompleteJobs
    }

    /// Failures that the report does not list.
    var omitted: Int { failedTestsOmitted ?? 0 }

    var incompleteJobs: [Failure] {
        (jobs ?? []).filter { $0.outcome != nil && $0.outcome != JobOutcome.complete.rawValue }.map { job in
            let title = JobTitle.line(job.environment, job.name)
            let reason = job.reason.map { ", \($0)" } ?? ""
            return Failure(
                isTest: false,
                place: job.environment,
                title: "job \(job.outcome ?? "")",
                line: HarmlessText.line("\(title): \(job.outcome ?? "")\(reason)", limit: 500),
                url: nil
            )
        }
    }
}

extension TemplateFacts {
    /// What is told, read.
    ///
    /// - Throws: ``BodyTemplate/Fault`` when it is not a report.
    func report() throws(BodyTemplate.Fault) -> TemplateReport {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            return try decoder.decode(TemplateReport.self, from: Data(json.utf8))
        } catch {
            throw BodyTemplate.Fault(description: "the report can't be read")
        }
    }

    /// A parameter's value; empty if it has none.
    func parameter(_ name: String) -> String { parameters[name] ?? "" }

    /// A body in JSON, whose members are in snake case.
    ///
    /// - Throws: ``BodyTemplate/Fault`` when it is too large.
    static func json(_ body: some Encodable, maximumBytes: Int) throws(BodyTemplate.Fault) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        guard let data = try? encoder.encode(body) else {
            throw BodyTemplate.Fault(description: "can't be written")
        }
        guard data.count <= maximumBytes else {
            throw BodyTemplate.Fault(description: "gives more than \(maximumBytes) bytes")
        }
        return String(decoding: data, as: UTF8.self)
    }
}
