// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import FleetStore
package import Foundation

/// A project: its builds, and how they have gone.
package struct ProjectView: PageContent {
    package static let template = "project"
    package var title: String { "\(group)/\(project)" }
    /// Now and then.
    package var refresh: Int? { 15 }

    /// How many builds a page shows.
    package static let limit = 50
    /// How many builds the trend shows.
    package static let trendLimit = 40

    struct Column: Sendable {
        struct Part: Sendable {
            let barX: Int
            let y: Double
            let height: Double
            let tone: String
        }

        let href: String
        let words: String
        let x: Int
        let width: Int
        let bars: [Part]
    }

    struct Issue: Sendable {
        /// Where its removal is posted; nil for one from the configuration.
        let removal: String?
        let pattern: String
        let words: String
        let url: String?
        let until: String
    }

    /// A build that can be compared with another.
    struct ComparedBuild: Sendable {
        let id: String
        let label: String
        let isLatest: Bool
        let isBefore: Bool
    }

    let group: String
    let project: String
    let base: String
    let csrf: String
    let mayChange: Bool
    /// Where several builds are changed at once; nil for those who may not.
    let bulkHref: String?
    let issues: [Issue]
    let hasIssues: Bool
    let hasTrend: Bool
    let trendCount: Int
    let trendWidth: Int
    let columns: [Column]
    let comparedBuilds: [ComparedBuild]
    let hasCompared: Bool
    let builds: SummaryTable
    let pager: Pager?

    /// - Parameters:
    ///   - builds: One page of them, with one more if there are more.
    ///   - latest: The latest ones, for the trend.
    package init(
        group: String,
        project: String,
        builds: [JobsetSummary],
        latest: [JobsetSummary],
        knownIssues: [KnownIssue],
        isFirstPage: Bool,
        reader: PageReader,
        now: Date
    ) {
        self.group = PageText.line(group)
        self.project = PageText.line(project)
        let finished = Array(latest.filter { $0.state == .finished }.prefix(Self.trendLimit).reversed())
        hasTrend = finished.count > 1 && isFirstPage
        trendCount = finished.count
        trendWidth = max(20, finished.count) * 20
        columns = Self.columns(finished)
        let page = Array(builds.prefix(Self.limit))
        comparedBuilds = page.filter { $0.state == .finished }.enumerated().map { place, build in
            let label = PageText.line(build.version, limit: 80) + (build.verdict.map { ", \($0.rawValue)" } ?? "")
            return ComparedBuild(id: build.id.text, label: label, isLatest: place == 0, isBefore: place == 1)
        }
        hasCompared = comparedBuilds.count > 1
        self.builds = SummaryTable(page, label: "Builds", now: now)
        let path = PageText.projectPath(group, project)
        base = path
        (csrf, mayChange) = (reader.csrf, reader.maySeal)
        let mayBulk = reader.mayCancel || reader.mayRetry || reader.mayRedeliver
        bulkHref = mayBulk ? "/bulk?group=\(PageText.path(group))&project=\(PageText.path(project))" : nil
        issues = knownIssues.map { Self.issue($0, at: path) }
        hasIssues = !knownIssues.isEmpty
        let last = builds.count > Self.limit ? page.last : nil
        pager = Pager(
            "Pages of builds",
            first: isFirstPage ? nil : path,
            next: last.map { "\(path)?before=\($0.id.text)" },
            range: PageText.count(page.count, "build")
        )
    }

    private static func issue(_ issue: KnownIssue, at path: String) -> Issue {
        let end = issue.expires.map { issue.isExpired ? "expired \($0)" : "until \($0)" }
        return Issue(
            removal: issue.id.map { "\(path)/known-issues/\($0)/remove" },
            pattern: PageText.line(issue.pattern.line, limit: 300),
            words: PageText.line(issue.reason, limit: 500),
            url: issue.url,
            until: [end, issue.createdBy.map { "by \(PageText.line($0))" } ?? "by configuration"].compactMap(\.self)
                .joined(separator: ", ")
        )
    }

    private static func columns(_ builds: [JobsetSummary]) -> [Column] {
        let tallest = Double(max(1, builds.map(\.total).max() ?? 1))
        return builds.enumerated().map { index, build in
            let x = index * 20 + 2
            // From the bottom: what is wrong first.
            var top = 100.0
            let bars = build.jobCounts.shares.sorted { $0.tone.weight > $1.tone.weight }.map { share in
                let height = Double(share.count) / tallest * 100
                top -= height
                return Column.Part(
                    barX: x,
                    y: (top * 10).rounded() / 10,
                    height: max(1, (height * 10).rounded() / 10),
                    tone: share.tone.rawValue
                )
            }
            let words = build.jobCounts.shares.map(\.words).joined(separator: ", ")
            return Column(
                href: build.path,
                words: "\(PageText.line(build.version)): \(build.verdict?.rawValue ?? "running"), "
                    + "\(PageText.count(build.total, "job"))" + (words.isEmpty ? "" : ": \(words)"),
                x: x,
                width: 16,
                bars: bars.reversed()
            )
        }
    }
}
