// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation

/// `baseline`: what the report is compared with, or why with nothing.
struct JSONBaseline: Encodable {
    let state: String
    let name: String?
    let id: String?
    let build: String?
    let verdict: Verdict?
    let finishedAt: String?
    let isNamed: Bool?

    enum CodingKeys: String, CodingKey {
        case state, name, id, build, verdict
        case finishedAt = "finished_at"
        case isNamed = "named"
    }

    init(_ baseline: ReportedBaseline, _ limits: ReportLimits) {
        let compared: ReportedComparison? =
            switch baseline {
            case .compared(let comparison), .uncompared(let comparison): comparison
            case .none, .unknown, .unfinished: nil
            }
        switch baseline {
        case .none: (state, name) = ("none", nil)
        case .unknown(let text): (state, name) = ("unknown", HarmlessText.line(text, limit: limits.nameLength))
        case .unfinished(let text): (state, name) = ("unfinished", HarmlessText.line(text, limit: limits.nameLength))
        case .compared: (state, name) = ("compared", nil)
        case .uncompared: (state, name) = ("uncompared", nil)
        }
        id = compared?.jobset.uuidString.lowercased()
        build = compared.map { HarmlessText.line($0.build, limit: limits.nameLength) }
        verdict = compared?.verdict
        finishedAt = compared.map { Timestamp.iso8601($0.finishedAt) }
        isNamed = compared?.isNamed
    }
}

/// `comparison`: what has changed since the baseline.
struct JSONComparison: Encodable {
    let regressions: JSONComparedTests
    let newFailures: JSONComparedTests
    let fixes: JSONComparedTests
    let vanished: JSONComparedTests
    let stillFailing: Int
    let missingEnvironments: Int

    enum CodingKeys: String, CodingKey {
        case regressions, fixes, vanished
        case newFailures = "new_failures"
        case stillFailing = "still_failing"
        case missingEnvironments = "missing_environments"
    }

    init(_ comparison: ReportedComparison, _ limits: ReportLimits) {
        regressions = JSONComparedTests(comparison.regressions, limits)
        newFailures = JSONComparedTests(comparison.newFailures, limits)
        fixes = JSONComparedTests(comparison.fixes, limits)
        vanished = JSONComparedTests(comparison.vanished, limits)
        stillFailing = comparison.stillFailing
        missingEnvironments = comparison.missingEnvironments
    }
}

/// One kind of change.
struct JSONComparedTests: Encodable {
    let total: Int
    let tests: [JSONComparedTest]
    let omitted: Int

    init(_ compared: ComparedTests, _ limits: ReportLimits) {
        total = compared.total
        tests = compared.tests.prefix(limits.comparedTests).map { JSONComparedTest($0, limits) }
        omitted = compared.total - tests.count
    }
}

/// A test that has changed.
struct JSONComparedTest: Encodable {
    let environment: String
    let suite: String
    let suiteRun: Int
    let role: String?
    let name: String
    let before: ResultStatus?
    let after: ResultStatus?
    let isJobIncomplete: Bool?
    let url: String?

    enum CodingKeys: String, CodingKey {
        case environment, suite, role, name, before, after, url
        case suiteRun = "suite_run"
        case isJobIncomplete = "job_incomplete"
    }

    init(_ test: ComparedTest, _ limits: ReportLimits) {
        environment = HarmlessText.line(test.environment, limit: limits.nameLength)
        suite = HarmlessText.line(test.suite, limit: limits.nameLength)
        suiteRun = test.suiteRun
        role = test.role.map { HarmlessText.line($0, limit: limits.nameLength) }
        name = HarmlessText.line(test.name, limit: limits.nameLength)
        before = test.before
        after = test.after
        isJobIncomplete = test.isJobIncomplete ? true : nil
        url = test.url
    }
}

/// An element of `metrics`.
struct JSONMetric: Encodable {
    let environment: String
    let suite: String
    let suiteRun: Int
    let role: String?
    let name: String
    let units: String?
    let before: Double?
    let after: Double
    let changePercent: Double?

    enum CodingKeys: String, CodingKey {
        case environment, suite, role, name, units, before, after
        case suiteRun = "suite_run"
        case changePercent = "change_percent"
    }

    /// `nil` of a measurement that JSON has no number for.
    init?(_ metric: ReportedMetric, _ limits: ReportLimits) {
        guard metric.after.isFinite else { return nil }
        environment = HarmlessText.line(metric.environment, limit: limits.nameLength)
        suite = HarmlessText.line(metric.suite, limit: limits.nameLength)
        suiteRun = metric.suiteRun
        role = metric.role.map { HarmlessText.line($0, limit: limits.nameLength) }
        name = HarmlessText.line(metric.name, limit: limits.nameLength)
        units = metric.units.map { HarmlessText.line($0, limit: limits.nameLength) }
        before = metric.before.flatMap { $0.isFinite ? $0 : nil }
        after = metric.after
        changePercent = metric.changePercent.map { ($0 * 100).rounded() / 100 }
    }
}
