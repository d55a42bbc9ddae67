// SPDX-License-Identifier: Apache-2.0

import Fleet

/// The beginning of a text report, in place on the page of its jobset: the verdict in a sentence, then what is worse than
/// before, what is missing, and what failed.
struct ReportExcerpt: Sendable {
    let excerpt: String
    /// Whether the report has more.
    let isCut: Bool

    static let lineLimit = 60
    static let lengthLimit = 12_000

    init(_ text: String) {
        let lines = text.split(separator: "\n", maxSplits: Self.lineLimit, omittingEmptySubsequences: false)
        let shown = lines.prefix(Self.lineLimit).joined(separator: "\n")
        excerpt = HarmlessText.block(shown, limit: Self.lengthLimit)
        let rest = lines.count > Self.lineLimit ? lines[Self.lineLimit] : ""
        isCut = rest.contains { !$0.isWhitespace } || shown.count > Self.lengthLimit
    }
}

/// A test that has failed in a jobset that still runs.
struct FailedTestRow: Sendable {
    let jobHref: String
    let job: String
    let environment: String
    let test: String
    let testURL: String?
    let historyHref: String

    init(_ result: TestResult, of build: Build, base: String) {
        jobHref = "\(base)/jobs/\(result.position)"
        job = PageText.line(result.jobName ?? result.environment, limit: 120)
        environment = PageText.line(result.environment, limit: 80)
        test = PageText.line("\(result.suite)/\(result.name)")
        testURL = result.startLogLine == nil ? nil : result.url
        historyHref = TestHistoryView.path(
            group: build.group,
            project: build.project,
            suite: result.suite,
            test: result.name
        )
    }
}
