// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import FleetStore
package import Foundation

/// A job: its attempts, and what its tests said.
package struct JobView: PageContent {
    package static let template = "job"
    /// Its place in the jobset.
    package var title: String { "\(name) of \(version)" }
    /// While it has not ended.
    package var refresh: Int? { isFinished ? nil : 10 }

    /// A job's definition, as far as its page shows it.
    package enum Definition: Sendable {
        case text(String)
        /// It is too long for a page.
        case long
        /// It was submitted in its lab.
        case elsewhere
        /// It is not kept any longer.
        case removed
        /// For this reason.
        case hidden(String)
    }

    /// The largest definition that the page shows, in bytes.
    package static let definitionBytes = 100_000

    /// How many results a page shows.
    package static let limit = 200
    /// How many of the latest attempts.
    package static let attemptLimit = 50

    struct LabDefinition: Sendable {
        let labNumber: Int
        let labHref: String
    }

    struct AttemptRow: Sendable {
        let number: Int
        let badge: Badge
        let attemptWhy: String?
        let labJobs: [LabJobCell]
        let began: Moment
        let submitted: Moment?
        let ended: Moment?
    }

    struct ResultRow: Sendable {
        let suite: String
        let test: String
        let testURL: String?
        /// The history of the test, or the chart of what it measured, which leads there.
        let historyHref: String
        let historyLabel: String
        let badge: Badge
        let measurement: String
    }

    let isFinished: Bool
    let position: Int
    let environment: String
    /// What it is called; its environment, if nobody gave it a name.
    let name: String
    let hasName: Bool
    /// Its definition, folded.
    let definition: String?
    let definitionNote: String?
    /// The whole definition, where there is one.
    let definitionHref: String?
    /// The definitions in its lab.
    let labDefinitions: [LabDefinition]
    let version: String
    let project: String
    let projectHref: String
    let jobsetHref: String
    let badge: Badge
    let why: String?
    let facts: [Fact]
    let csrf: String
    let mayCancelJob: Bool
    let mayRetryJob: Bool
    let attempts: [AttemptRow]
    let hasAttempts: Bool
    let results: [ResultRow]
    let hasResults: Bool
    /// What there is in place of results.
    let noResults: String
    let pager: Pager?

    /// - Parameters:
    ///   - job: With its attempts.
    ///   - results: One page of them.
    ///   - next: Where the next page begins, if there is one.
    ///   - isFirstPage: Whether none stand on pages before.
    ///   - areResultsKept: Whether none have been removed.
    package init(
        definition: Definition,
        _ job: Job,
        of jobset: JobsetSummary,
        results: [TestResult],
        next: ResultPlace?,
        isFirstPage: Bool,
        areResultsKept: Bool,
        reader: PageReader,
        now: Date
    ) {
        isFinished = job.state == .finished
        position = job.position
        environment = PageText.line(job.environment)
        name = PageText.line(job.name ?? job.environment)
        hasName = job.name != nil
        let shown: (text: String?, note: String?) =
            switch definition {
            case .text(let text): (HarmlessText.block(text), nil)
            case .long: (nil, "The definition is too long for this page.")
            case .removed: (nil, "The definition is no longer kept.")
            case .elsewhere: (nil, "The job was submitted in its lab, and its definition is not here.")
            case .hidden(let reason): (nil, reason)
            }
        self.definition = shown.text
        definitionNote = shown.note
        definitionHref =
            switch definition {
            case .elsewhere, .removed: nil
            case .text, .long, .hidden: "/api/v1\(jobset.path)/jobs/\(job.position)/definition"
            }
        labDefinitions = job.labJobs.prefix(8).compactMap { labJob in
            guard let url = labJob.url, url.contains("/scheduler/job/") else { return nil }
            return LabDefinition(labNumber: labJob.number, labHref: "\(url)/definition")
        }
        version = PageText.line(jobset.version)
        project = PageText.line("\(jobset.group)/\(jobset.project)")
        projectHref = jobset.projectPath
        jobsetHref = jobset.path
        badge = Badge(job.state, job.outcome, failedTests: job.tests.fail)
        why = JobRow.why(job, limit: 1_000)
        facts = [
            Fact("Environment", job.name == nil ? nil : PageText.line(job.environment)),
            Fact("Place", "job \(job.position)"), Fact("Backend", job.backend), Fact("Tests", JobRow.words(job.tests)),
            Fact("Priority", job.priority.flatMap { $0 == JobsetDocument.defaultPriority ? nil : "\($0)" }),
            Fact("Lab-failure retries", job.retries.map { $0 == 0 ? "none" : "up to \($0)" }),
            Fact("Timeout", job.timeout?.words),
            Fact("Attempts", "\(job.attempts)"), Fact("Accepted", PageText.time(job.createdAt)),
            Fact("Ended", job.finishedAt.map(PageText.time)),
            Fact("Took", job.finishedAt.map { PageText.span($0.timeIntervalSince(job.createdAt)) }),
        ].compactMap(\.self)
        csrf = reader.csrf
        mayCancelJob = reader.mayCancel && job.state != .finished && job.cancelRequestedAt == nil
        mayRetryJob = reader.mayRetry && jobset.state == .finished
        let attempts = job.attemptHistory ?? []
        self.attempts = attempts.suffix(Self.attemptLimit).map { Self.row($0, now) }
        hasAttempts = !attempts.isEmpty
        self.results = results.map { Self.row($0, of: jobset) }
        hasResults = !results.isEmpty
        noResults =
            areResultsKept
            ? isFirstPage ? "No results." : "No more results." : "The results are no longer kept."
        let path = "\(jobset.path)/jobs/\(job.position)"
        pager = Pager(
            "Pages of results",
            first: isFirstPage ? nil : path,
            next: next.map { "\(path)?after=\($0.labJob)-\($0.index)" },
            range: PageText.count(results.count, "result")
        )
    }

    private static func row(_ attempt: Attempt, _ now: Date) -> AttemptRow {
        let badge =
            switch (attempt.state, attempt.outcome) {
            case (_, let outcome?): Badge(outcome == .complete ? .good : .warn, outcome.rawValue)
            case (.submitting, nil): Badge(attempt.lastError == nil ? .mute : .warn, "submitting")
            case (.submitted, nil): Badge(.run, "in lab")
            case (.ended, nil): Badge(.mute, "ended")
            }
        return AttemptRow(
            number: attempt.number,
            badge: badge,
            attemptWhy: (attempt.reason ?? attempt.lastError).map { PageText.line($0, limit: 300) },
            labJobs: attempt.labJobs.prefix(32).map { LabJobCell($0) }
                + (attempt.surplusLabJobs ?? []).prefix(32).map { LabJobCell(surplus: $0) },
            began: Moment(attempt.createdAt, now: now),
            submitted: Moment(attempt.submittedAt, now: now),
            ended: Moment(attempt.endedAt, now: now)
        )
    }

    private static func row(_ result: TestResult, of jobset: JobsetSummary) -> ResultRow {
        let measurement = [result.measurement, result.units].compactMap(\.self).joined(separator: " ")
        let isMeasured = result.measurement != nil
        return ResultRow(
            suite: PageText.line([result.role, result.suite].compactMap(\.self).joined(separator: ": "), limit: 100),
            test: PageText.line(result.name),
            testURL: result.startLogLine == nil ? nil : result.url,
            historyHref: isMeasured
                ? MetricHistoryView.path(
                    group: jobset.group,
                    project: jobset.project,
                    suite: result.suite,
                    test: result.name,
                    environment: result.environment
                )
                : TestHistoryView.path(
                    group: jobset.group,
                    project: jobset.project,
                    suite: result.suite,
                    test: result.name
                ),
            historyLabel: isMeasured ? "chart" : "history",
            badge: Badge(result.status),
            measurement: PageText.line(measurement, limit: 60)
        )
    }
}
