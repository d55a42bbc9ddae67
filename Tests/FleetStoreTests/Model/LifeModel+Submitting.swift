// SPDX-License-Identifier: Apache-2.0

import Fleet

/// A job's way into its lab.
extension LifeModel {
    /// The attempt is written before anything is sent; whoever else takes it up later finds it in doubt.
    mutating func claim(_ name: JobName, by claimant: Int) -> LifeOutcome {
        guard var job = self[name] else { return LifeOutcome() }
        guard job.state == .waiting else { return LifeOutcome(answer: .notWaiting) }
        if job.attempts.last?.state != .submitting { job.attempts.append(ModelAttempt(generation: job.generation)) }
        let last = job.attempts.count - 1
        let attempt = job.attempts[last]
        if attempt.isLeased, attempt.holder != claimant { return LifeOutcome(answer: .held) }
        job.attempts[last].holder = claimant
        job.attempts[last].isLeased = true
        job.attempts[last].isDoubtful = true
        if attempt.isDoubtful { job.attempts[last].wasDoubted = true }
        self[name] = job
        return LifeOutcome(
            answer: .claimed(
                attempt: AttemptName(job: name, number: last + 1),
                isDoubtful: attempt.isDoubtful,
                isCanceled: job.isCancelRequested
            )
        )
    }

    mutating func endLease(_ name: JobName) -> LifeOutcome {
        guard var job = self[name], let last = job.attempts.indices.last else { return LifeOutcome() }
        job.attempts[last].isLeased = false
        self[name] = job
        return LifeOutcome()
    }

    mutating func renew(_ name: AttemptName, by claimant: Int) -> LifeOutcome {
        guard var attempt = self[name] else { return LifeOutcome() }
        guard attempt.isOpen(for: claimant) else { return LifeOutcome(answer: .own(false)) }
        attempt.isLeased = true
        attempt.isDoubtful = true
        self[name] = attempt
        return LifeOutcome(answer: .own(true))
    }

    mutating func release(_ name: AttemptName, by claimant: Int, isDoubtful: Bool) -> LifeOutcome {
        guard var attempt = self[name] else { return LifeOutcome() }
        if isDoubtful { attempt.wasDoubted = true }
        guard attempt.isOpen(for: claimant) else {
            // Its request has come to nothing known, whoever has the attempt now.
            if isDoubtful, attempt.state != .submitting { attempt.isSought = true }
            self[name] = attempt
            return LifeOutcome(answer: .own(false))
        }
        attempt.giveBack()
        attempt.isDoubtful = isDoubtful
        self[name] = attempt
        return LifeOutcome(answer: .own(true))
    }

    mutating func postpone(_ name: AttemptName, by claimant: Int) -> LifeOutcome {
        guard var attempt = self[name], attempt.isOpen(for: claimant) else { return LifeOutcome() }
        attempt.giveBack()
        self[name] = attempt
        return LifeOutcome()
    }

    /// The lab has it. What comes of an attempt that has ended meanwhile is noted, and is nothing to its job.
    mutating func record(_ name: AttemptName) -> LifeOutcome {
        guard var attempt = self[name] else { return LifeOutcome() }
        if attempt.labJobs.isEmpty {
            attempt.labJobs = Array(repeating: ModelLabJob(), count: name.members)
        }
        if attempt.state == .submitting {
            attempt.state = .submitted
            attempt.giveBack()
            attempt.isDoubtful = false
            attempt.isSought = attempt.wasDoubted
            self[name.job]?.state = .submitted
        }
        if mistake == .lateSubmission, self[name.job]?.state == .waiting { self[name.job]?.state = .submitted }
        self[name] = attempt
        return LifeOutcome()
    }

    /// Of several, one is the attempt's: what comes beside it is nothing to anybody.
    mutating func recordAnother(_ name: AttemptName) -> LifeOutcome {
        guard let attempt = self[name], !attempt.labJobs.isEmpty else { return LifeOutcome() }
        let surplus = mistake == .adoptsAll ? 0 : name.members
        self[name]?.surplus = surplus
        return LifeOutcome()
    }

    /// Only what is sought is looked for; its doubt is young here, so it goes on being sought.
    mutating func look(for name: AttemptName, isShown: Bool) -> LifeOutcome {
        guard let attempt = self[name], attempt.isSought, attempt.state != .submitting else { return LifeOutcome() }
        return isShown ? record(name) : LifeOutcome()
    }

    mutating func endClaimed(_ name: AttemptName, by claimant: Int, _ outcome: JobOutcome) -> LifeOutcome {
        guard let attempt = self[name] else { return LifeOutcome() }
        guard attempt.isOpen(for: claimant) else { return LifeOutcome(answer: .own(false)) }
        self[name]?.isDoubtful = false
        return LifeOutcome(answer: .own(true), finished: end([name.job: JobEnding(outcome: outcome)]))
    }
}

extension ModelAttempt {
    /// A lease that has run out is still its holder's until somebody else takes it.
    fileprivate func isOpen(for claimant: Int) -> Bool { state == .submitting && holder == claimant }

    fileprivate mutating func giveBack() {
        holder = nil
        isLeased = false
    }

    /// With its job, or before it.
    mutating func end(_ outcome: JobOutcome) {
        if state == .submitting, isDoubtful { wasDoubted = true }
        isSought = wasDoubted
        state = .ended
        self.outcome = outcome
        giveBack()
    }
}

/// By name; what is not there is `nil`, and stays so.
extension LifeModel {
    subscript(name: JobName) -> ModelJob? {
        get {
            guard let jobs = jobsets[name.jobset]?.jobs, jobs.indices.contains(name.position) else { return nil }
            return jobs[name.position]
        }
        set {
            guard let newValue, self[name] != nil else { return }
            jobsets[name.jobset]?.jobs[name.position] = newValue
        }
    }

    subscript(name: AttemptName) -> ModelAttempt? {
        get {
            guard let attempts = self[name.job]?.attempts, attempts.indices.contains(name.number - 1) else {
                return nil
            }
            return attempts[name.number - 1]
        }
        set {
            guard let newValue, self[name] != nil else { return }
            self[name.job]?.attempts[name.number - 1] = newValue
        }
    }

    subscript(name: LabJobName) -> ModelLabJob? {
        get {
            guard let labJobs = self[name.attempt]?.labJobs, labJobs.indices.contains(name.member) else { return nil }
            return labJobs[name.member]
        }
        set {
            guard let newValue, self[name] != nil else { return }
            self[name.attempt]?.labJobs[name.member] = newValue
        }
    }
}
