// SPDX-License-Identifier: Apache-2.0

import Fleet

extension Job: ReportEntry {
    func write(to job: inout ReportMembers) throws {
        let attempts = (attemptHistory ?? []).suffix(job.limits.attempts)
        try job.add("position", position)
        try job.add(name: environment, "environment")
        try job.add(name: name, "name")
        try job.add(name: backend, "backend")
        try job.add("outcome", outcome)
        try job.add(reason: reason, "reason")
        try job.add("attempts", self.attempts)
        if !attempts.isEmpty { try job.add(entries: attempts, "attempt_history") }
        try job.add(entry: tests, "tests")
        try job.add(entries: labJobs, "lab_jobs")
    }
}

extension Attempt: ReportEntry {
    func write(to attempt: inout ReportMembers) throws {
        try attempt.add("number", number)
        try attempt.add("outcome", outcome)
        try attempt.add(reason: reason, "reason")
        try attempt.add("submitted_at", submittedAt)
        try attempt.add("ended_at", endedAt)
        try attempt.add(entries: labJobs, "lab_jobs")
    }
}

extension LabJob: ReportEntry {
    func write(to labJob: inout ReportMembers) throws {
        try labJob.add("number", number)
        try labJob.add(name: role, "role")
        try labJob.add(name: health, "health")
        try labJob.add(name: device, "device")
        try labJob.add("url", url)
        try labJob.add("results_left_out", resultsLeftOut)
    }
}

extension JobChange: ReportEntry {
    func write(to job: inout ReportMembers) throws {
        try job.add("position", position)
        try job.add(name: environment, "environment")
        try job.add(name: name, "name")
        try job.add(name: backend, "backend")
        try job.add(entry: before, "before")
        try job.add(entry: after, "after")
    }
}

extension JobChange.End: ReportEntry {
    func write(to end: inout ReportMembers) throws {
        try end.add("outcome", outcome)
        try end.add(reason: reason, "reason")
        try end.add(entry: tests, "tests")
    }
}

extension JobTimes: ReportEntry {
    func write(to times: inout ReportMembers) throws {
        try times.add("jobs", jobs)
        try times.add(entry: queue, "queue_seconds")
        try times.add(entry: run, "run_seconds")
        try times.add(entries: slowest.prefix(times.limits.slowestJobs), "slowest_jobs")
    }
}

extension JobTimes.Spread: ReportEntry {
    func write(to spread: inout ReportMembers) throws {
        try spread.add("median", Quantity.milliseconds(median))
        try spread.add("longest", Quantity.milliseconds(longest))
        try spread.add("sum", Quantity.milliseconds(sum))
    }
}

extension JobTime: ReportEntry {
    func write(to job: inout ReportMembers) throws {
        try job.add("position", position)
        try job.add(name: environment, "environment")
        try job.add(name: name, "name")
        try job.add(name: backend, "backend")
        try job.add("outcome", outcome)
        try job.add("queue_seconds", Quantity.milliseconds(queueSeconds))
        try job.add("run_seconds", Quantity.milliseconds(runSeconds))
        try job.add("url", url)
    }
}
