// SPDX-License-Identifier: Apache-2.0

import Fleet

extension HTMLReport {
    /// The jobs that need a person, with what their labs said of each attempt.
    static func addUnfinishedJobs(of report: FinishedJobsetReport, _ limits: ReportLimits, to page: inout HTMLWriter) {
        let unfinished = report.unfinished
        guard !unfinished.isEmpty else { return }
        addHeading("Jobs that did not complete (\(report.totals.unfinished.grouped))", to: &page)
        let groups = AlikeGroups(Array(unfinished)) { JobEnding($0) }
        for (ending, jobs) in groups.groups where page.hasRoom(limits) { add(jobs, ending, limits, to: &page) }
        let grouped = unfinished.count - groups.rest.count
        addJobs(groups.rest.prefix(limits.jobs), of: report.totals.unfinished - grouped, limits, to: &page)
    }

    /// The jobs that pass, though they brought nothing, or a step of LAVA's failed in them.
    static func addEmptyJobs(of report: FinishedJobsetReport, _ limits: ReportLimits, to page: inout HTMLWriter) {
        let empty = report.emptyJobs
        guard !empty.isEmpty else { return }
        addHeading("\(OutcomeWording.emptyJobs) (\(empty.count.grouped))", to: &page)
        addJobs(empty.prefix(limits.jobs), of: empty.count, limits, to: &page)
    }

    /// The jobs that completed in the end: a lab that fails now and then is worth a look.
    static func addRetriedJobs(of report: FinishedJobsetReport, _ limits: ReportLimits, to page: inout HTMLWriter) {
        let retried = report.retriedAndComplete
        guard !retried.isEmpty else { return }
        let all = max(report.totals.retriedAndComplete, retried.count)
        addHeading("Jobs that completed when they were retried (\(all.grouped))", to: &page)
        addJobs(retried.prefix(limits.jobs), of: all, limits, to: &page)
    }

    /// What the jobs that were sent out again came to, before and now.
    static func addChange(of report: FinishedJobsetReport, _ limits: ReportLimits, to page: inout HTMLWriter) {
        guard let change = report.change else { return }
        let all = change.jobs.count + change.jobsOmitted
        let verdict = change.verdict.rawValue
        addHeading("Re-run since generation \(change.generation) (\(verdict)): \(all)", to: &page)
        let listed = change.jobs.prefix(limits.jobs)
        page.element("ul", .list) { page in
            for job in listed {
                page.element("li", .item) { page in
                    page.element("span", .name, [:], HarmlessText.line(job.title, limit: limits.nameLength))
                    page.text(": \(OutcomeWording.words(job))")
                }
            }
        }
        addMore(than: listed.count, of: all, to: &page)
    }

    /// Jobs that ended alike, with the first of them.
    private static func add(_ jobs: [Job], _ ending: JobEnding, _ limits: ReportLimits, to page: inout HTMLWriter) {
        page.newLine()
        page.element("div", .entry) { page in
            page.element("span", .name, [:], "\(jobs.count.grouped) jobs")
            page.text(" ")
            page.element("span", .warn, [:], OutcomeWording.word(ending.outcome))
            add(ending.reason ?? "no reason is known", limits, to: &page)
            for (place, job) in jobs.prefix(limits.slowestJobs).enumerated() {
                if place > 0 { page.text(", ") }
                page.link(job.labJobs.first?.url, HarmlessText.line(job.title, limit: limits.nameLength))
            }
            let more = jobs.count - min(jobs.count, limits.slowestJobs)
            if more > 0 { page.text(" and \(more.grouped) more") }
        }
    }

    private static func addJobs(
        _ jobs: some Collection<Job>,
        of all: Int,
        _ limits: ReportLimits,
        to page: inout HTMLWriter
    ) {
        page.own("<table role=\"presentation\" width=\"100%\" style=\"width:100%;border-collapse:collapse\">")
        var told = 0
        for job in jobs where page.hasRoom(limits) {
            told += 1
            page.newLine()
            page.element("tr") { page in
                page.element("td", .entry) { add(job, limits, to: &$0) }
            }
        }
        page.own("</table>")
        addMore(than: told, of: all, to: &page)
    }

    private static func add(_ job: Job, _ limits: ReportLimits, to page: inout HTMLWriter) {
        page.element("div") { page in
            page.element("span", .name, [:], HarmlessText.line(job.title, limit: limits.nameLength))
            page.text(" ")
            page.element(
                "span",
                job.isComplete && job.reason == nil ? .good : .warn,
                [:],
                OutcomeWording.word(job.outcome)
            )
            if job.isRetried { page.text(" after \(job.attempts.grouped) attempts") }
            page.text(" ")
            page.element("span", .quiet, [:], "in \(HarmlessText.line(job.backend, limit: limits.nameLength))")
        }
        add(job.reason, limits, to: &page)
        addLabJobs(job.labJobs, limits, to: &page)
        guard job.isRetried else { return }
        let earlier = (job.attemptHistory ?? []).filter { $0.number < job.attempts }.suffix(limits.attempts)
        page.element("ul", .list) { page in
            for attempt in earlier {
                page.element("li", .item) { page in
                    page.text("Attempt \(attempt.number): \(OutcomeWording.word(attempt.outcome))")
                    add(attempt.reason, limits, to: &page)
                    addLabJobs(attempt.labJobs, limits, to: &page)
                }
            }
        }
        addMore(than: earlier.count, of: job.attempts - 1, to: &page)
    }

    private static func add(_ reason: String?, _ limits: ReportLimits, to page: inout HTMLWriter) {
        guard let reason, !reason.isEmpty else { return }
        page.element("div", .reason, [:], HarmlessText.block(reason, limit: limits.reasonLength))
    }

    private static func addLabJobs(
        _ labJobs: [LabJob],
        _ limits: ReportLimits,
        to page: inout HTMLWriter
    ) {
        for labJob in labJobs.prefix(limits.jobs) {
            page.element("div", .note) { page in
                page.link(labJob.url, "lab job \(labJob.number)")
                for word in [labJob.role, labJob.device, labJob.health?.lowercased()].compactMap(\.self) {
                    page.text(", \(HarmlessText.line(word, limit: limits.nameLength))")
                }
            }
        }
        addMore(than: min(labJobs.count, limits.jobs), of: labJobs.count, to: &page)
    }
}
