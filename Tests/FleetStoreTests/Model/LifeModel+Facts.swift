// SPDX-License-Identifier: Apache-2.0

import Fleet

/// All that is compared, in words: what each jobset, job, attempt, lab job, delivery and earlier end is like.
typealias LifeFacts = [String: String]

extension LifeModel {
    var facts: LifeFacts {
        var facts: LifeFacts = [:]
        for (name, jobset) in jobsets {
            facts["jobset \(name)"] = jobset.fact
            for (delivery, isMade) in jobset.deliveries {
                let key = "delivery \(name)g\(delivery.generation) \(delivery.event.rawValue) \(delivery.kind)"
                facts[key] = isMade ? "made" : "due"
            }
            for (generation, verdict) in jobset.ends { facts["end \(name)g\(generation)"] = verdict.rawValue }
            for (position, job) in jobset.jobs.enumerated() {
                job.add(to: &facts, as: JobName(jobset: name, position: position))
            }
        }
        return facts
    }

    /// What has to be true of the model itself: a counter that its jobs don't bear out is a mistake of the model's.
    var contradictions: [String] {
        jobsets.compactMap { name, jobset in
            let isSound =
                jobset.pending == jobset.unfinished.count && jobset.failures == jobset.jobs.count(where: \.isFailure)
                && (jobset.isRunning || (jobset.pending == 0 && jobset.sealer != nil))
                && (!jobset.isRunning || jobset.pending > 0 || jobset.sealer == nil)
            return isSound ? nil : "jobset \(name): \(jobset.fact)"
        }
    }
}

extension ModelJobset {
    fileprivate var fact: String {
        let deadline: String? =
            switch deadline {
            case .none: nil
            case .ahead: "deadline-ahead"
            case .reached: "deadline-reached"
            }
        let parts: [String?] = [
            verdict?.rawValue ?? "running", "g\(generation)", "total \(jobs.count)", "pending \(pending)",
            "failures \(failures)", "missing \(jobs.count { $0.outcome?.isMissing ?? false })",
            "canceled jobs \(jobs.count { $0.outcome == .canceled })",
            sealer.map { "sealed by \($0.rawValue)" } ?? "open",
            declaredTotal.map { "declared \($0)" }, maxFailures.map { "limit \($0)" }, "priority \(priority)",
            deadline, isDeadlinePassed ? "deadline-passed" : nil, isCanceled ? "canceled" : nil,
            "additions \(additions.count)",
        ]
        return parts.compactMap(\.self).joined(separator: " ")
    }
}

extension ModelJob {
    fileprivate func add(to facts: inout LifeFacts, as name: JobName) {
        let parts: [String?] = [
            state.rawValue, "g\(generation)", outcome?.rawValue, "tests \(passes)/\(fails)",
            isCancelRequested ? "cancel" : nil,
        ]
        facts["job \(name)"] = parts.compactMap(\.self).joined(separator: " ")
        for (generation, outcome) in ends { facts["end \(name)g\(generation)"] = outcome.rawValue }
        for (index, attempt) in attempts.enumerated() {
            attempt.add(to: &facts, as: AttemptName(job: name, number: index + 1))
        }
    }
}

extension ModelAttempt {
    fileprivate func add(to facts: inout LifeFacts, as name: AttemptName) {
        let parts: [String?] = [
            state.rawValue, "g\(generation)", outcome?.rawValue, holder.map { "held by \($0)" },
            isLeased ? "leased" : nil, isDoubtful && state == .submitting ? "doubtful" : nil,
            wasDoubted ? "doubted" : nil, isSought ? "sought" : nil, "surplus \(surplus)",
        ]
        facts["attempt \(name)"] = parts.compactMap(\.self).joined(separator: " ")
        for (member, labJob) in labJobs.enumerated() {
            let parts = [labJob.state.rawValue, labJob.health]
            facts["lab job \(LabJobName(attempt: name, member: member))"] =
                parts.compactMap(\.self).joined(separator: " ")
        }
    }
}
