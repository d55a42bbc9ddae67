// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import FleetStore
package import Foundation

/// A jobset: how far it is, its jobs, what happened, who was told.
package struct JobsetView: PageContent {
    package static let template = "jobset"
    /// The build's version.
    package var title: String { version }
    /// Often while it runs, seldom after.
    package var refresh: Int? { isRunning ? 10 : hasDue ? 15 : nil }
    /// The API's events, while it runs.
    package var events: String? { isRunning ? "/api/v1\(base)/events" : nil }
    /// How far it is.
    package let news: String

    /// How many jobs a page shows.
    package static let jobLimit = 100
    /// How many environments.
    package static let environmentLimit = 40
    /// How many failed tests of a jobset that still runs.
    package static let failedTestLimit = 20
    /// How many tries of a delivery.
    package static let tryLimit = 10

    /// What it is made from.
    package struct Parts: Sendable {
        package var jobset: Jobset
        /// Its environments, one more than are shown if there are more.
        package var environments: [EnvironmentStatus]
        /// The selected jobs, one more than are shown if there are more.
        package var jobs: [Job]
        /// Which these are.
        package var selection: JobSelection
        /// Who is told.
        package var deliveries: [Delivery]
        /// The latest tries of each.
        package var tries: [UUID: [DeliveryTry]]
        /// The generations that a report was made of, latest first.
        package var reported: [Int]
        /// The text of the report of its present generation, if it has finished and the report is kept.
        package var report: String?
        /// Some of the tests that have failed so far, while it runs; one more than are shown if there are more.
        package var failedTests: [TestResult]

        package init(
            jobset: Jobset,
            environments: [EnvironmentStatus],
            jobs: [Job],
            selection: JobSelection,
            deliveries: [Delivery],
            tries: [UUID: [DeliveryTry]],
            reported: [Int],
            report: String? = nil,
            failedTests: [TestResult] = []
        ) {
            self.jobset = jobset
            self.environments = environments
            self.jobs = jobs
            self.selection = selection
            self.deliveries = deliveries
            self.tries = tries
            self.reported = reported
            self.report = report
            self.failedTests = failedTests
        }
    }

    struct Filter: Sendable {
        let href: String
        let label: String
        let isHere: Bool
    }

    struct Share: Sendable {
        let tone: String
        let number: String
        let what: String
    }

    struct ReportLink: Sendable {
        let of: String
        let query: String

        init(generation: Int, isOnly: Bool) {
            of = isOnly ? "Report" : "Report of generation \(generation)"
            query = isOnly ? "" : "?generation=\(generation)"
        }
    }

    struct Wait: Sendable {
        let waitLine: String
    }

    struct Label: Sendable {
        let label: String
    }

    struct EnvironmentRow: Sendable {
        let href: String
        let environment: String
        let bar: Bar
        let waiting, inLab, passed, failed, missing, canceled, failedTests: String
    }

    /// What its jobs wait for.
    let waits: [Wait]
    let isRunning: Bool
    let hasDue: Bool
    let base: String
    let id: String
    let version: String
    let project: String
    let projectHref: String
    let badge: Badge
    let labels: [Label]
    let bar: Bar
    let legend: [Share]
    /// How fast its jobs end, and how long the others take.
    let pace: String?
    /// Its report, in place.
    let report: ReportExcerpt?
    /// What has failed so far.
    let failedTests: [FailedTestRow]
    let hasFailedTests: Bool
    let moreFailedTests: String?
    let csrf: String
    let maySeal: Bool
    let mayCancel: Bool
    let mayRetry: Bool
    let hasActions: Bool
    let mayRedeliver: Bool
    let facts: [Fact]
    let reports: [ReportLink]
    let timeline: [TimelineRow]
    let environments: [EnvironmentRow]
    let moreEnvironments: String?
    let ofEnvironment: String?
    let ofName: String?
    let filters: [Filter]
    /// Whether some of the listed jobs can be ticked, to be canceled or sent out again together.
    let maySelect: Bool
    let cancelsSelected: Bool
    let jobs: [JobRow]
    let hasJobs: Bool
    let pager: Pager?
    let deliveries: [DeliveryRow]
    let hasDeliveries: Bool

    package init(_ parts: Parts, reader: PageReader, now: Date) {
        let jobset = parts.jobset
        let build = Build(jobset.build)
        let base = "/jobsets/\(jobset.id.text)"
        isRunning = jobset.state == .running
        hasDue = parts.deliveries.contains(where: \.isDue)
        self.base = base
        id = jobset.id.text
        version = PageText.line(build?.version ?? jobset.build)
        project = PageText.line(build.map { "\($0.group)/\($0.project)" } ?? "")
        projectHref = build.map { PageText.projectPath($0.group, $0.project) } ?? "/"
        badge = Badge(jobset.state, jobset.verdict, jobset.jobCounts)
        labels = jobset.labels.sorted { $0.key < $1.key }.prefix(20).map {
            Label(label: PageText.line("\($0.key): \($0.value)", limit: 80))
        }
        let shares = Self.shares(jobset)
        bar = Bar(
            shares.map { ($0.count, $0.tone) },
            of: jobset.total,
            words: shares.map(\.words).joined(separator: ", "),
            isTall: true
        )
        waits = (jobset.waits ?? []).map { Wait(waitLine: PageText.line($0.line, limit: 400)) }
        legend = shares.map { Share(tone: $0.tone.rawValue, number: PageText.number($0.count), what: $0.what) }
        pace = JobsetPace(jobset, now: now).map {
            "\($0.rate) so far; about \(PageText.span($0.timeLeft)) left at this rate"
        }
        report = parts.report.map { ReportExcerpt($0) }
        failedTests =
            build.map { build in
                parts.failedTests.prefix(Self.failedTestLimit).map { FailedTestRow($0, of: build, base: base) }
            } ?? []
        hasFailedTests = !failedTests.isEmpty
        moreFailedTests =
            parts.failedTests.count > Self.failedTestLimit
            ? "the first \(Self.failedTestLimit) of \(PageText.number(jobset.tests.fail))" : nil
        csrf = reader.csrf
        let mayCancel = reader.mayCancel && jobset.state == .running
        maySeal = reader.maySeal && jobset.state == .running && !jobset.isSealed
        let mayRetry = reader.mayRetry && jobset.state == .finished
        (self.mayCancel, self.mayRetry) = (mayCancel, mayRetry)
        hasActions = maySeal || mayCancel || mayRetry
        mayRedeliver = reader.mayRedeliver
        facts = Self.facts(jobset, now: now)
        reports = parts.reported.map { generation in
            ReportLink(generation: generation, isOnly: parts.reported == [1])
        }
        timeline = Self.timeline(jobset)
        let shown = parts.environments.prefix(Self.environmentLimit)
        environments = shown.map { Self.row($0, base: base) }
        moreEnvironments =
            parts.environments.count > shown.count ? "the worst \(PageText.number(shown.count))" : nil
        ofEnvironment = parts.selection.environment.map { PageText.line($0, limit: 80) }
        ofName = parts.selection.name.map { PageText.line($0, limit: 120) }
        filters = JobSelection.Kind.allCases.map { kind in
            let selection = JobSelection(
                kind: kind,
                environment: parts.selection.environment,
                name: parts.selection.name
            )
            return Filter(href: selection.href(base), label: kind.label, isHere: kind == parts.selection.kind)
        }
        let page = parts.jobs.prefix(Self.jobLimit)
        cancelsSelected = mayCancel
        jobs = page.map { JobRow($0, base: base, isSelectable: $0.state == .finished ? mayRetry : mayCancel) }
        maySelect = jobs.contains(where: \.isSelectable)
        hasJobs = !page.isEmpty
        pager = Self.pager(parts, base: base)
        deliveries = parts.deliveries.suffix(50).map { delivery in
            DeliveryRow(delivery, tries: parts.tries[delivery.id] ?? [], now: now)
        }
        hasDeliveries = !parts.deliveries.isEmpty
        news =
            "\(PageText.number(jobset.total - jobset.pending)) of \(PageText.count(jobset.total, "job")) ended"
            + (jobset.verdict.map { _ in ": \(jobset.verdictWords.line)" } ?? "")
    }

    private static func shares(_ jobset: Jobset) -> [JobShare] {
        let open = [
            JobShare(count: jobset.inLab, tone: .run, what: "in labs"),
            JobShare(count: jobset.waiting, tone: .none, what: "waiting"),
        ]
        return jobset.jobCounts.shares + open.filter { $0.count > 0 }
    }

    private static func facts(_ jobset: Jobset, now: Date) -> [Fact] {
        let end = jobset.finishedAt ?? now
        return [
            Fact(
                "Jobs",
                PageText.number(jobset.total)
                    + (jobset.declaredTotal.map { " of \(PageText.number($0)) declared" } ?? "")
            ),
            Fact("Tests", JobRow.words(jobset.tests)),
            Fact(
                jobset.finishedAt == nil ? "Running for" : "Took",
                PageText.span(end.timeIntervalSince(jobset.createdAt))
            ),
            Fact("Generation", jobset.generation > 1 ? "\(jobset.generation)" : nil),
            Fact("Priority", "\(jobset.priority)"),
            Fact("Lab-failure retries", jobset.retries > 0 ? "\(jobset.retries) per job" : nil),
            Fact("Failure limit", jobset.maxFailures.map { "\($0)" }),
            Fact("Deadline", jobset.deadline.map { "\(PageText.time($0)) (\(Moment($0, now: now).ago))" }),
            Fact("Callback", jobset.callbackURL?.masked),
            Fact("Sealed", jobset.isSealed ? jobset.sealedReason : "no: jobs can still be added"),
        ].compactMap(\.self)
    }

    private static func timeline(_ jobset: Jobset) -> [TimelineRow] {
        let events: [(Date?, String)] = [
            (jobset.createdAt, "accepted"),
            (jobset.deadlinePassedAt, "passed its deadline"),
            (jobset.canceledAt, "canceled" + (jobset.canceledReason.map { ": \($0)" } ?? "")),
            (jobset.finishedAt, "finished" + (jobset.verdict.map { ": \($0.rawValue)" } ?? "")),
        ]
        return events.compactMap { date, what in date.map { ($0, what) } }.sorted { $0.0 < $1.0 }.map {
            TimelineRow($0.0, $0.1)
        }
    }

    private static func row(_ environment: EnvironmentStatus, base: String) -> EnvironmentRow {
        let name = PageText.line(environment.environment, limit: 80)
        return EnvironmentRow(
            href: JobSelection(environment: environment.environment).href(base),
            environment: name,
            bar: Bar(
                [
                    (environment.passed, .good), (environment.failed, .bad), (environment.missing, .warn),
                    (environment.canceled, .mute), (environment.inLab, .run),
                ],
                of: environment.total,
                words:
                    "\(name): \(PageText.number(environment.passed)) of \(PageText.count(environment.total, "job")) passed"
            ),
            waiting: PageText.number(environment.waiting),
            inLab: PageText.number(environment.inLab),
            passed: PageText.number(environment.passed),
            failed: PageText.number(environment.failed),
            missing: PageText.number(environment.missing),
            canceled: PageText.number(environment.canceled),
            failedTests: PageText.number(environment.failedTests)
        )
    }

    private static func pager(_ parts: Parts, base: String) -> Pager? {
        let more = parts.jobs.count > jobLimit ? parts.jobs[jobLimit] : nil
        var (first, next) = (parts.selection, parts.selection)
        first.from = 0
        next.from = more?.position ?? 0
        let shown = parts.jobs.prefix(jobLimit)
        return Pager(
            "Pages of jobs",
            first: parts.selection.from > 0 ? first.href(base) : nil,
            next: more == nil ? nil : next.href(base),
            range: shown.isEmpty
                ? "" : "jobs \(shown[shown.startIndex].position) to \(shown[shown.endIndex - 1].position)"
        )
    }
}
