// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation

/// A table of jobsets.
struct SummaryTable: Sendable {
    struct Row: Sendable {
        let href: String
        let version: String
        let project: String
        let projectHref: String
        let badge: Badge
        let remark: String?
        let bar: Bar
        let ended: String
        let failures: String
        let at: Moment
        let took: String?
    }

    let label: String
    let timeLabel: String
    let rows: [Row]
    var hasRows: Bool
    init(_ summaries: [JobsetSummary], label: String, byEnd: Bool = false, now: Date) {
        self.label = label
        timeLabel = byEnd ? "Finished" : "Accepted"
        rows = summaries.map { Self.row($0, byEnd: byEnd, now: now) }
        hasRows = !rows.isEmpty
    }

    private static func row(_ jobset: JobsetSummary, byEnd: Bool, now: Date) -> Row {
        Row(
            href: jobset.path,
            version: PageText.line(jobset.version),
            project: PageText.line("\(jobset.group)/\(jobset.project)"),
            projectHref: jobset.projectPath,
            badge: Badge(jobset.state, jobset.verdict, jobset.jobCounts),
            remark: remark(jobset, now: now),
            bar: jobset.bar,
            ended: jobset.pending == 0
                ? PageText.number(jobset.total)
                : "\(PageText.number(jobset.total - jobset.pending)) / \(PageText.number(jobset.total))",
            failures: PageText.number(jobset.failures),
            at: Moment(byEnd ? jobset.finishedAt ?? jobset.createdAt : jobset.createdAt, now: now),
            took: jobset.finishedAt.map { "took " + PageText.span($0.timeIntervalSince(jobset.createdAt)) }
        )
    }

    private static func remark(_ jobset: JobsetSummary, now: Date) -> String? {
        var remarks: [String] = []
        if jobset.generation > 1 { remarks.append("retry \(jobset.generation - 1)") }
        if jobset.state == .running {
            if !jobset.isSealed { remarks.append("open") }
            if jobset.canceledAt != nil { remarks.append("being canceled") }
            if let deadline = jobset.deadline {
                let left = deadline.timeIntervalSince(now)
                remarks.append(left > 0 ? "ends in \(PageText.span(left))" : "past its deadline")
            }
        }
        return remarks.isEmpty ? nil : remarks.joined(separator: ", ")
    }
}

extension JobsetSummary {
    var path: String { "/jobsets/\(id.text)" }
    var projectPath: String { PageText.projectPath(group, project) }
    /// `group/project/version`.
    var build: String { PageText.line("\(group)/\(project)/\(version)") }

    /// How far it is.
    var bar: Bar {
        let jobs = jobCounts
        let words =
            ["\(PageText.number(jobs.ended)) of \(PageText.count(total, "job")) ended"] + jobs.shares.map(\.words)
        return Bar(jobs.shares.map { ($0.count, $0.tone) }, of: total, words: words.joined(separator: ", "))
    }
}
