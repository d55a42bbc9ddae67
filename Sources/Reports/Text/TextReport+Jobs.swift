// SPDX-License-Identifier: Apache-2.0

import Fleet

extension TextReport {
    /// The jobs that need a person, with what their labs said of each attempt.
    static func addUnfinishedJobs(of report: FinishedJobsetReport, _ limits: ReportLimits, to page: inout TextPage) {
        let unfinished = report.unfinished
        guard !unfinished.isEmpty else { return }
        page.addHeading("Jobs that did not complete (\(report.totals.unfinished.grouped))")
        for job in unfinished.prefix(limits.jobs) { add(job, limits, to: &page) }
        page.addMore(than: min(unfinished.count, limits.jobs), of: report.totals.unfinished, indent: 2)
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
            "Sent out again since generation \(change.generation), which was \(change.verdict.rawValue) (\(all.grouped))"
        )
        for job in change.jobs.prefix(limits.jobs) {
            let environment = HarmlessText.line(job.environment, limit: limits.nameLength)
            page.add("\(environment): \(OutcomeWording.words(job))", indent: 2)
        }
        page.addMore(than: min(change.jobs.count, limits.jobs), of: all, indent: 2)
    }

    private static func add(_ job: Job, _ limits: ReportLimits, to page: inout TextPage) {
        let environment = HarmlessText.line(job.environment, limit: limits.nameLength)
        let backend = HarmlessText.line(job.backend, limit: limits.nameLength)
        let attempts = job.isRetried ? " after \(job.attempts.grouped) attempts" : ""
        page.add("\(environment): \(OutcomeWording.word(job.outcome))\(attempts), \(backend)", indent: 2)
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
