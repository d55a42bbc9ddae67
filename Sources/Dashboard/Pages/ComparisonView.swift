// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import FleetStore
package import Foundation

/// Two builds of a project: how their tests, measurements and jobs differ.
package struct ComparisonView: PageContent {
    package static let template = "comparison"
    package var title: String { "Comparison of \(version)" }

    /// How many tests, and how many measurements, a page shows.
    package static let rowLimit = 100
    /// How many builds there are to choose from.
    package static let choiceLimit = 50
    /// How many tests of each kind, and how many measurements, are looked at.
    package static let limit = 2_000
    /// How many environments are offered where all of them together have too many results.
    package static let environmentLimit = 100
    /// How many environments and suites the summary lists.
    static let placeLimit = 15
    /// How much room lists have at most, in bytes, however long the names in them are.
    private static let (testRoom, metricRoom, placeRoom) = (140_000, 50_000, 30_000)

    /// What it is made from.
    package struct Parts: Sendable {
        package var jobset: Jobset
        /// What it is compared with; `nil` while nobody has chosen.
        package var baseline: Jobset?
        /// How they differ; `nil` if nobody has chosen, or there was not enough time.
        package var difference: JobsetDifference?
        /// The environments to choose from if there was not enough time.
        package var environments: [String]
        /// Finished jobsets of the project, the latest first.
        package var choices: [JobsetSummary]
        /// Which of them a report would choose.
        package var suggested: UUID?
        package var selection: ComparisonSelection
        package var metricRule: MetricRule

        package init(
            jobset: Jobset,
            baseline: Jobset? = nil,
            difference: JobsetDifference? = nil,
            environments: [String] = [],
            choices: [JobsetSummary] = [],
            suggested: UUID? = nil,
            selection: ComparisonSelection,
            metricRule: MetricRule
        ) {
            (self.jobset, self.baseline, self.difference) = (jobset, baseline, difference)
            (self.environments, self.choices, self.suggested) = (environments, choices, suggested)
            (self.selection, self.metricRule) = (selection, metricRule)
        }
    }

    struct Choice: Sendable {
        let id: String
        let label: String
        let isSelected: Bool
    }

    struct Link: Sendable {
        let href: String
        let label: String
        var isHere = false
    }

    struct Side: Sendable {
        let role: String
        let href: String
        let version: String
        let badge: Badge
        let total, passed, failed, missing, canceled: String
        let tests: String
    }

    let project: String
    let projectHref: String
    let base: String
    let jobsetHref: String
    let version: String
    let choices: [Choice]
    let hasChoices: Bool
    /// The other way around.
    let swapHref: String?
    let sides: [Side]
    let isCompared: Bool
    let tooLong: Bool
    let environments: [Link]
    let tiles: [Tile]
    let onOneSide: [TroubleRow]
    let hasOneSided: Bool
    let places: [ComparedSuiteRow]
    let hasPlaces: Bool
    let placesRemark: String?
    let ofEnvironment: String?
    let allEnvironmentsHref: String
    let filters: [Link]
    let tests: [ComparedTestRow]
    let hasTests: Bool
    let testsRemark: String?
    let pager: Pager?
    let metrics: [ComparedMetricRow]
    let hasMetrics: Bool
    let metricsWords: String

    package init(_ parts: Parts) {
        let names = ComparedNames(parts.jobset, parts.baseline)
        let difference = parts.difference
        project = PageText.line("\(names.group)/\(names.project)")
        projectHref = PageText.projectPath(names.group, names.project)
        let jobsetHref = "/jobsets/\(parts.jobset.id.text)"
        self.jobsetHref = jobsetHref
        base = "\(jobsetHref)/comparison"
        version = PageText.line(names.after)
        choices = Self.choices(parts)
        hasChoices = !choices.isEmpty
        swapHref = parts.baseline.map { "/jobsets/\($0.id.text)/comparison?baseline=\(parts.jobset.id.text)" }
        sides = parts.baseline.map { [Self.side($0, "Baseline"), Self.side(parts.jobset, "This build")] } ?? []
        isCompared = difference != nil
        tooLong = parts.baseline != nil && difference == nil
        let comparison = difference?.tests ?? TestComparison()
        var selection = parts.selection
        let kind = selection.kind ?? ComparisonSelection.kinds.first { comparison.totals[$0] ?? 0 > 0 } ?? .regression
        selection.kind = kind
        let baseline = parts.baseline?.id.text ?? ""
        environments = parts.environments.prefix(Self.environmentLimit).map { environment in
            let href = ComparisonSelection(environment: environment).href(jobsetHref, baseline: baseline)
            return Link(href: href, label: PageText.line(environment, limit: 80))
        }
        let metricRows = ComparedMetricRow.rows(of: comparison, names, parts.metricRule)
        tiles =
            ComparisonSelection.kinds.map { Tile(comparison.totals[$0] ?? 0, $0.label.lowercased()) }
            + [Tile(metricRows.count, "metrics beyond limits")]
        onOneSide = difference.map { OneSided(parts.jobset, parts.baseline, $0, names).rows } ?? []
        hasOneSided = !onOneSide.isEmpty
        let places = ComparedSuiteRow.rows(of: comparison) { environment in
            ComparisonSelection(environment: environment).href(jobsetHref, baseline: baseline) + "#tests"
        }
        self.places = places.prefix(Self.placeLimit).prefix(bytes: Self.placeRoom)
        hasPlaces = !places.isEmpty
        placesRemark = Self.placesRemark(comparison, more: places.count - self.places.count)
        ofEnvironment = selection.environment.map { PageText.line($0, limit: 80) }
        allEnvironmentsHref = ComparisonSelection(kind: kind).href(jobsetHref, baseline: baseline)
        filters = ComparisonSelection.kinds.map { other in
            let there = ComparisonSelection(kind: other, environment: selection.environment)
            return Link(
                href: there.href(jobsetHref, baseline: baseline) + "#tests",
                label: "\(other.label) \(PageText.number(comparison.totals[other] ?? 0))",
                isHere: other == kind
            )
        }
        let listed = comparison.tests[kind] ?? []
        tests = listed.dropFirst(selection.from).prefix(Self.rowLimit).lazy
            .map { ComparedTestRow($0, names, difference?.jobs ?? JobDifferences()) }
            .prefix(bytes: Self.testRoom)
        hasTests = !tests.isEmpty
        let total = comparison.totals[kind] ?? 0
        testsRemark =
            total > listed.count
            ? "Only the first \(PageText.number(listed.count)) of \(PageText.number(total)) are listed; choose an environment to see others."
            : nil
        var (first, next) = (selection, selection)
        first.from = 0
        next.from = selection.from + tests.count
        pager = Pager(
            "Pages of tests",
            first: selection.from > 0 ? first.href(jobsetHref, baseline: baseline) + "#tests" : nil,
            next: next.from < listed.count ? next.href(jobsetHref, baseline: baseline) + "#tests" : nil,
            range: tests.isEmpty
                ? "" : "tests \(PageText.number(selection.from + 1)) to \(PageText.number(next.from))"
        )
        metrics = metricRows.prefix(Self.rowLimit).prefix(bytes: Self.metricRoom)
        hasMetrics = !metrics.isEmpty
        metricsWords = parts.metricRule.words(moved: metricRows.count, shown: metrics.count, of: comparison)
    }

    private static func choices(_ parts: Parts) -> [Choice] {
        let chosen = parts.baseline?.id ?? parts.suggested
        var choices = parts.choices.filter { $0.id != parts.jobset.id }.prefix(choiceLimit).map { jobset in
            let verdict = jobset.verdict.map { ", \($0.rawValue)" } ?? ""
            return Choice(
                id: jobset.id.text,
                label: "\(PageText.line(jobset.version, limit: 80))\(verdict), \(PageText.time(jobset.createdAt))",
                isSelected: jobset.id == chosen
            )
        }
        if let baseline = parts.baseline, !choices.contains(where: \.isSelected) {
            let label = PageText.line(Build(baseline.build)?.version ?? baseline.build, limit: 80)
            choices.insert(Choice(id: baseline.id.text, label: label, isSelected: true), at: 0)
        }
        return choices
    }

    private static func side(_ jobset: Jobset, _ role: String) -> Side {
        let counts = jobset.jobCounts
        return Side(
            role: role,
            href: "/jobsets/\(jobset.id.text)",
            version: PageText.line(Build(jobset.build)?.version ?? jobset.build),
            badge: Badge(jobset.state, jobset.verdict, counts),
            total: PageText.number(jobset.total),
            passed: PageText.number(counts.passed),
            failed: PageText.number(counts.failed),
            missing: PageText.number(counts.missing),
            canceled: PageText.number(counts.canceled),
            tests: JobRow.words(jobset.tests)
        )
    }

    private static func placesRemark(_ comparison: TestComparison, more: Int) -> String? {
        let isCut = ComparisonSelection.kinds.contains {
            (comparison.totals[$0] ?? 0) > (comparison.tests[$0]?.count ?? 0)
        }
        let parts = [
            more > 0 ? "Not shown: \(PageText.number(more)) others with fewer regressions." : nil,
            isCut ? "Counted among the first \(PageText.number(limit)) tests of each kind." : nil,
        ].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: " ")
    }
}

/// Which tests of a comparison are listed.
package struct ComparisonSelection: Sendable, Equatable {
    /// Those that have changed in this way; `nil`: in the worst that there is.
    package var kind: TestComparison.Kind?
    /// Only those of this environment.
    package var environment: String?
    /// How many are left out at the beginning.
    package var from: Int

    package init(kind: TestComparison.Kind? = nil, environment: String? = nil, from: Int = 0) {
        (self.kind, self.environment, self.from) = (kind, environment, from)
    }

    /// The kinds that tests are listed by, the worst first.
    package static let kinds: [TestComparison.Kind] = [.regression, .newFailure, .vanished, .fix, .stillFailing]

    /// The address of this selection of the comparison of the jobset at `base` with `baseline`.
    func href(_ base: String, baseline: String) -> String {
        var query = "baseline=\(PageText.path(baseline))"
        if let kind { query += "&kind=\(kind.rawValue)" }
        if let environment { query += "&environment=\(PageText.path(environment))" }
        if from > 0 { query += "&from=\(from)" }
        return "\(base)/comparison?\(query)"
    }
}

extension TestComparison.Kind {
    /// What tests that have changed in this way are called on a page.
    var label: String {
        switch self {
        case .regression: "Regressions"
        case .newFailure: "New failures"
        case .fix: "Fixes"
        case .vanished: "Gone"
        case .stillFailing: "Still failing"
        case .missingSuite: "Missing suites"
        }
    }
}
