// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation

/// What two compared jobsets are called, and how the jobs of one are found in the other.
struct ComparedNames: Sendable {
    let group: String
    let project: String
    /// The version of the later jobset, and of its baseline.
    let after: String
    let before: String
    private let afterHref: String
    private let beforeHref: String?

    init(_ jobset: Jobset, _ baseline: Jobset?) {
        let build = Build(jobset.build)
        (group, project) = (build?.group ?? "", build?.project ?? "")
        after = build?.version ?? jobset.build
        before = baseline.map { Build($0.build)?.version ?? $0.build } ?? ""
        afterHref = "/jobsets/\(jobset.id.text)"
        beforeHref = baseline.map { "/jobsets/\($0.id.text)" }
    }

    /// The page of a test's history.
    func history(suite: String, test: String) -> String {
        TestHistoryView.path(group: group, project: project, suite: suite, test: test)
    }

    /// The jobs of the later jobset that ran a test; `nil` where none did.
    func jobsAfter(of test: ComparedTest) -> String? {
        guard test.after != nil else { return nil }
        return JobSelection(environment: test.environment, name: test.jobName).href(afterHref)
    }

    /// The jobs of the baseline that ran a test; `nil` where none did. A job has its name of the later jobset, or of the
    /// baseline where only that has it.
    func jobsBefore(of test: ComparedTest, _ jobs: JobDifferences) -> String? {
        guard test.before != nil, let beforeHref else { return nil }
        let renamed = jobs.renamed.first { $0.environment == test.environment && $0.after == test.jobName }
        let name = renamed.map(\.before) ?? test.jobName.map(nameBefore)
        return JobSelection(environment: test.environment, name: name ?? nil).href(beforeHref)
    }

    /// What a job of this name was called, if its author writes the version into it: as the store matches jobs.
    private func nameBefore(_ name: String) -> String {
        after.count < 4 || before.count < 4 ? name : name.replacing(after, with: before)
    }
}

/// A row whose size depends on names that others chose.
protocol SizedRow {
    /// How many bytes it takes in a page, as good as.
    var size: Int { get }
}

extension Sequence where Element: SizedRow {
    /// As many as there is room for, and at least the first.
    func prefix(bytes: Int) -> [Element] {
        var left = bytes
        return Array(
            prefix { row in
                defer { left -= row.size }
                return left > 0
            }
        )
    }
}

extension SizedRow {
    /// The bytes of texts in a page.
    func bytes(_ texts: String?...) -> Int {
        texts.reduce(0) { $0 + ($1.map { TemplateLibrary.escaped($0).utf8.count } ?? 0) }
    }
}

/// A test that has changed.
struct ComparedTestRow: SizedRow, Sendable {
    let suite: String
    let test: String
    let historyHref: String
    let environment: String
    let job: String?
    let before: Badge
    let beforeHref: String?
    let after: Badge
    let afterHref: String?
    /// Its place in the lab's log.
    let logHref: String?
    let remark: String?

    init(_ compared: ComparedTest, _ names: ComparedNames, _ jobs: JobDifferences) {
        suite = Self.suite(compared)
        test = PageText.line(compared.name)
        historyHref = names.history(suite: compared.suite, test: compared.name)
        environment = PageText.line(compared.environment, limit: 80)
        job = compared.jobName.map { PageText.line($0, limit: 120) }
        before = compared.before.map { Badge($0) } ?? Badge(.none, "not there")
        beforeHref = names.jobsBefore(of: compared, jobs)
        after = compared.after.map { Badge($0) } ?? Badge(.warn, "gone")
        afterHref = names.jobsAfter(of: compared)
        logHref = compared.url
        remark = compared.isJobIncomplete ? "its job did not complete" : nil
    }

    /// The test's name stands in it four times, the environment's as well.
    var size: Int {
        900 + 4 * bytes(test, environment) + bytes(suite, job, historyHref, beforeHref, afterHref, logHref)
    }

    /// The suite with its run and role, where those say something.
    static func suite(_ place: some ComparedPlace) -> String {
        let run = place.suiteRun > 1 ? " (run \(place.suiteRun))" : ""
        let role = place.role.map { " (role \(PageText.line($0, limit: 80)))" } ?? ""
        return PageText.line(place.suite, limit: 120) + run + role
    }
}

/// What has changed in a suite of an environment.
struct ComparedSuiteRow: SizedRow, Sendable {
    let environment: String
    let environmentHref: String
    let suite: String
    /// How many have changed in which way, in the order of ``ComparisonSelection/kinds``.
    let counts: [Count]

    struct Count: Sendable {
        let kind: String
        let number: String
        let isNil: Bool
    }

    var size: Int { 500 + bytes(environment, environmentHref, suite) }

    private struct Place: Hashable {
        let environment: String
        let suite: String
    }

    /// A row for each suite of an environment in which something has changed, the worst first.
    static func rows(of comparison: TestComparison, href: (String) -> String) -> [ComparedSuiteRow] {
        var changes: [Place: [Int]] = [:]
        for (index, kind) in ComparisonSelection.kinds.enumerated() {
            for test in comparison.tests[kind] ?? [] {
                let place = Place(environment: test.environment, suite: test.suite)
                changes[place, default: ComparisonSelection.kinds.map { _ in 0 }][index] += 1
            }
        }
        let rows: [(key: Place, value: [Int])] = changes.sorted { left, right in
            guard left.value == right.value else { return right.value.lexicographicallyPrecedes(left.value) }
            return (left.key.environment, left.key.suite) < (right.key.environment, right.key.suite)
        }
        return rows.map { ComparedSuiteRow($0.key, $0.value, href: href($0.key.environment)) }
    }

    private init(_ place: Place, _ numbers: [Int], href: String) {
        environment = PageText.line(place.environment, limit: 80)
        environmentHref = href
        suite = PageText.line(place.suite, limit: 120)
        counts = zip(ComparisonSelection.kinds, numbers).map { kind, count in
            Count(kind: kind.label, number: count > 0 ? PageText.number(count) : "–", isNil: count == 0)
        }
    }
}

/// What only one of two jobsets has: nothing in it can be compared.
struct OneSided {
    let rows: [TroubleRow]

    /// How many names a row lists.
    private static let names = 10

    init(_ jobset: Jobset, _ baseline: Jobset?, _ difference: JobsetDifference, _ names: ComparedNames) {
        let (before, after) = ("Only in \(names.before)", "Only in \(names.after)")
        let (environments, jobs) = (difference.environments, difference.jobs)
        let suites = difference.tests.missingSuites.map { suite in
            "\(JobTitle.line(suite.environment, suite.jobName)) \(ComparedTestRow.suite(suite))"
                + " (\(PageText.count(Int(suite.tests), "test")))"
        }
        rows = [
            Self.row(.warn, "missing", before, "environment", environments.missing, environments.missingTotal),
            Self.row(.warn, "missing", before, "job", jobs.missing.map(\.title)),
            Self.row(.warn, "missing", before, "suite", suites, difference.tests.totals[.missingSuite]),
            Self.ended(baseline, names.before), Self.ended(jobset, names.after),
            Self.row(.run, "new", after, "environment", environments.new, environments.newTotal),
            Self.row(.run, "new", after, "job", jobs.new.map(\.title)),
            Self.row(
                .mute,
                "renamed",
                "Another name",
                "job",
                jobs.renamed.map { "\($0.environment) \($0.before ?? "(no name)") → \($0.after ?? "(no name)")" }
            ),
        ].compactMap(\.self)
    }

    private static func row(
        _ tone: Tone,
        _ label: String,
        _ subject: String,
        _ what: String,
        _ found: [String],
        _ total: Int? = nil
    ) -> TroubleRow? {
        guard !found.isEmpty else { return nil }
        let total = total ?? found.count
        let listed = found.prefix(names)
        let more = total > listed.count ? ", and \(PageText.number(total - listed.count)) more" : ""
        let text = listed.map { PageText.line($0, limit: 100) }.joined(separator: ", ")
        let words = "\(PageText.count(total, what)): \(text)\(more)"
        return TroubleRow(Badge(tone, label), subject, href: nil, words, detailLimit: 1_000)
    }

    /// The jobs that ended without a result.
    private static func ended(_ jobset: Jobset?, _ version: String) -> TroubleRow? {
        guard let jobset, jobset.missing > 0 else { return nil }
        return TroubleRow(
            Badge(.warn, "missing"),
            version,
            href: JobSelection(kind: .failed).href("/jobsets/\(jobset.id.text)"),
            "\(PageText.count(jobset.missing, "job")) ended without completing",
            detailLimit: 300
        )
    }
}
