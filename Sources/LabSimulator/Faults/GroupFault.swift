// SPDX-License-Identifier: Apache-2.0

/// What goes wrong with a multinode group at its submission, as it did with a real LAVA's.
struct GroupFault: Sendable {
    enum Kind: Sendable {
        /// One member stays Scheduling for ever, with its device; the others run, wait for it, and end Incomplete.
        case stuck(timeoutMilliseconds: Int)
        /// One member's `multinode_definition` is empty, or that of all.
        case lostDefinition
        /// One member is shown to nobody for a while, in no list and under no number.
        case hidden(milliseconds: Int)
        /// The members from one on are never made, and the one before it is saved for the first time only.
        case cut
    }

    var kind: Kind
    /// Which member, from 0; the last unless given. -1 is all, where that makes sense.
    var member: Int?

    /// What it does to the members, before any of them does anything.
    func spoil(_ jobs: inout [LabJob]) {
        guard !jobs.isEmpty else { return }
        let victim = min(max(0, member ?? jobs.count - 1), jobs.count - 1)
        switch kind {
        case .lostDefinition where member == -1:
            for place in jobs.indices { jobs[place].membership?.hasLostDefinition = true }
        case .cut:
            let left = max(1, victim)
            jobs.removeLast(jobs.count - left)
            jobs[left - 1].membership?.hasLostDefinition = true
            let ids = jobs.map(\.id)
            for place in jobs.indices { jobs[place].membership?.ids = ids }
        case .lostDefinition: jobs[victim].membership?.hasLostDefinition = true
        case .hidden(let milliseconds):
            let now = Moment.now.microseconds
            jobs[victim].membership?.hiddenUntil = Moment(microseconds: now + Int64(milliseconds) * 1_000)
        case .stuck(let timeout):
            for place in jobs.indices where place != victim {
                jobs[place].behaviour.runMilliseconds = timeout
                jobs[place].behaviour.health = .incomplete
                (jobs[place].behaviour.pass, jobs[place].behaviour.fail, jobs[place].behaviour.skip) = (0, 0, 0)
                jobs[place].behaviour.errorType = "MultinodeTimeout"
                jobs[place].behaviour.errorMessage = "protocol lava-multinode timed out"
            }
            jobs[victim].membership?.isStuck = true
        }
    }
}
