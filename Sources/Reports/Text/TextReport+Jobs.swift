// SPDX-License-Identifier: Apache-2.0

import Fleet

extension TextReport {
    /// The jobs that need a person, with what their labs said of each attempt.
    static func addUnfinishedJobs(of report: FinishedJobsetReport, _ limits: ReportLimits, to page: inout TextPage) {
        let unfinished = report.unfinished
        guard !unfinished.isEmpty else { return }
        page.addHeading("Jobs that did not complete (\(report.totals.unfinished.grouped))")
        let groups = AlikeGroups(Array(unfinished)) { JobEnding($0) }
        for (ending, jobs) in groups.groups { add(jobs, ending, limits, to: &page) }
        for job in groups.rest.prefix(limits.jobs) { add(job, limits, to: &page) }
        let told = unfinished.count - max(0, groups.rest.count - limits.jobs)
        page.addMore(than: told, of: report.totals.unfinished, indent: 2)
    }

    /// The jobs that pass, though they brought nothing, or a step of LAVA's failed in them.
    static func addEmptyJobs(of report: FinishedJobsetReport, _ limits: ReportLimits, to page: inout TextPage) {
        let empty = report.emptyJobs
        guard !empty.isEmpty else { return }
        page.addHeading("\(OutcomeWording.emptyJobs) (\(empty.count.grouped))")
        for job in empty.prefix(limits.jobs) { add(job, limits, to: &page) }
        page.addMore(than: min(empty.count, limits.jobs), of: empty.count, indent: 2)
    }

    /// The jobs that completed in the end: a lab that fails now and then is worth a look.
    static func addRetriedJobs(of report: FinishedJobsetReport, _ limits: ReportLimits, to page: inout TextPage) {
        let retried = report.retriedAndComplete
        guard !retried.isEmpty else { return }
        let all = max(report.totals.retriedAndComplete, retried.count)
        page.addHeading("Jobs that completed when they were retried (\(all.grouped))")
        for job in retried.prefix(limits.jobs) { add(job, limits, to: &page) }
        page.addMore(than: min(retried.count, limits.jobs), of: all, indent: 2)
    }

    /// What the jobs that were sent out again came to, before and now.
    static func addChange(of report: FinishedJobsetReport, _ limits: ReportLimits, to page: inout TextPage) {
        guard let change = report.change else { return }
        let all = change.jobs.count + change.jobsOmitted
        page.addHeading(
            "Re-run since generation \(change.generation) (\(change.verdict.rawValue)): \(all.grouped)"
        )
        for job in change.jobs.prefix(limits.jobs) {
            let title = HarmlessText.line(job.title, limit: limits.nameLength)
            page.add("\(title): \(OutcomeWording.words(job))", indent: 2)
        }
        page.addMore(than: min(change.jobs.count, limits.jobs), of: all, indent: 2)
    }

    /// Jobs that ended alike, with the first of them.
    private static func add(_ jobs: [Job], _ ending: JobEnding, _ limits: ReportLimits, to page: inout TextPage) {
        let reason = HarmlessText.line(ending.reason ?? "no reason is known", limit: limits.reasonLength)
        page.add("\(jobs.count.grouped) \(OutcomeWording.word(ending.outcome)): \(reason)", indent: 2, hanging: 2)
        for job in jobs.prefix(limits.slowestJobs) {
            page.add(HarmlessText.line(job.title, limit: limits.nameLength), indent: 4, hanging: 2)
            add(Array(job.labJobs.prefix(1)), limits, to: &page, indent: 6)
        }
        page.addMore(than: min(jobs.count, limits.slowestJobs), of: jobs.count, indent: 4)
    }

    private static func add(_ job: Job, _ limits: ReportLimits, to page: inout TextPage) {
        let title = HarmlessText.line(job.title, limit: limits.nameLength)
        let backend = HarmlessText.line(job.backend, limit: limits.nameLength)
        let attempts = job.isRetried ? " after \(job.attempts.grouped) attempts" : ""
        page.add("\(title): \(OutcomeWording.word(job.outcome))\(attempts), \(backend)", indent: 2)
        add(job.reason, limits, to: &page, indent: 4)
        add(job.labJobs, limits, to: &page, indent: 4)
        guard job.isRetried else { return }
        // The last one is the job's own end, which has just been told.
        let earlier = (job.attemptHistory ?? []).filter { $0.number < job.attempts }.suffix(limits.attempts)
        for attempt in earlier {
            page.add("attempt \(attempt.number): \(OutcomeWording.word(attempt.outcome))", indent: 4)
            add(attempt.reason, limits, to: &page, indent: 6)
            add(attempt.labJobs, limits, to: &page, indent: 6)
        }
        page.addMore(than: earlier.count, of: job.attempts - 1, indent: 4)
    }

    private static func add(_ reason: String?, _ limits: ReportLimits, to page: inout TextPage, indent: Int) {
        guard let reason, !reason.isEmpty else { return }
        page.add(HarmlessText.line(reason, limit: limits.reasonLength), indent: indent)
    }

    private static func add(
        _ labJobs: [LabJob],
        _ limits: ReportLimits,
        to page: inout TextPage,
        indent: Int
    ) {
        for labJob in labJobs.prefix(limits.jobs) {
            if let role = labJob.role {
                let health = labJob.health.map { ": " + HarmlessText.line($0, limit: limits.nameLength).lowercased() }
                page.add("\(HarmlessText.line(role, limit: limits.nameLength))\(health ?? "")", indent: indent)
            }
            page.addWhole(labJob.url ?? "lab job \(labJob.number)", indent: indent + (labJob.role == nil ? 0 : 2))
        }
    }
}
