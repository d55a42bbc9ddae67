// SPDX-License-Identifier: Apache-2.0

/// Everything a lab knows, and its indexes. All of it is guarded by the lab's lock.
struct LabState: Sendable {
    /// By id, from 1; nil where a job was lost or is not yet there.
    var jobs: [LabJob?] = []
    var pools: [String: DevicePool]
    /// The finished ones by `end_time`; no two have the same.
    var finished: [(end: Moment, id: Int)] = []
    /// The jobs whose text holds `muster: <uuid>`, by that UUID's text.
    var tagged: [String: [Int]] = [:]
    var countByState: [LabJob.State: Int] = [:]
    /// How often each name was submitted whose first submissions fail.
    private var tries: [String: Int] = [:]
    var nextSuite = 1
    var nextResult = 1
    /// What changed since it was last taken, while anybody wants to know.
    private(set) var changes: [LabChange] = []
    var recordsChanges = false
    /// Jobs that are still shown as they were: the change was told, and is not saved yet.
    private var veils: [Int: (job: LabJob, until: Moment)] = [:]
    private let clock: LabClock
    private var lastMoment = Moment(microseconds: 0)
    /// The clock went back once, so that ids and times don't grow together any more.
    private var wasTurnedBack = false

    init(devices: [String: Int], clock: LabClock) {
        self.clock = clock
        pools = [:]
        for (type, count) in devices { pools[type] = DevicePool(type: type, count: count) }
    }

    func job(_ id: Int) -> LabJob? {
        id >= 1 && id <= jobs.count ? jobs[id - 1] : nil
    }

    /// The job as requests see it.
    func shown(_ id: Int) -> LabJob? {
        if !veils.isEmpty, let veil = veils[id], veil.until > .now { return veil.job }
        guard let job = job(id) else { return nil }
        if let hiddenUntil = job.membership?.hiddenUntil, hiddenUntil > .now { return nil }
        return job
    }

    /// Lets requests see a job as it was for a while.
    mutating func veil(_ before: LabJob, for time: Duration) {
        let now = Moment.now
        if veils.count >= 1_000 { veils = veils.filter { $0.value.until > now } }
        let microseconds = time.components.seconds * 1_000_000 + time.components.attoseconds / 1_000_000_000_000
        veils[before.id] = (before, Moment(microseconds: now.microseconds + microseconds))
    }

    mutating func unveil(_ id: Int) {
        if !veils.isEmpty { veils[id] = nil }
    }

    mutating func takeChanges() -> [LabChange] {
        defer { changes = [] }
        return changes
    }

    /// Whether this submission is one of the first under its name that fail. Names are forgotten when there are many.
    mutating func fails(_ definition: Definition) -> Bool {
        guard definition.behaviour.failFirst > 0 else { return false }
        if tries.count >= 10_000 { tries.removeAll() }
        tries[definition.jobName, default: 0] += 1
        return tries[definition.jobName, default: 0] <= definition.behaviour.failFirst
    }

    /// A moment later than any before, so that no two jobs of this lab end at the same time.
    mutating func tick() -> Moment {
        let now = clock.now
        // However many there are at once, they are not a second ahead.
        if now.microseconds < lastMoment.microseconds - 1_000_000 {
            wasTurnedBack = true
            lastMoment = now
        } else {
            lastMoment = max(now, Moment(microseconds: lastMoment.microseconds + 1))
        }
        return lastMoment
    }

    mutating func insert(_ job: LabJob) {
        jobs.append(job)
        countByState[job.state, default: 0] += 1
        if recordsChanges {
            if job.membership != nil { changes.append(LabChange(job: job, isUnplaced: true)) }
            changes.append(LabChange(job: job))
        }
        guard job.membership?.hasLostDefinition != true else { return }
        for tag in Set(TagScan.tags(in: job.head) + job.definition.bodyTags) {
            tagged[tag, default: []].append(job.id)
        }
    }

    /// Changes a job and keeps the counts and the index of the finished ones.
    mutating func update(_ id: Int, _ change: (inout LabJob) -> Void) {
        guard var job = job(id) else { return }
        let before = job
        change(&job)
        if job.state != before.state {
            countByState[before.state, default: 0] -= 1
            countByState[job.state, default: 0] += 1
        }
        if job.state == .finished, before.state != .finished, let end = job.endTime {
            let (suites, results) = job.resultCounts
            job.firstSuite = nextSuite
            job.firstResult = nextResult
            nextSuite += suites
            nextResult += results
            finished.insert((end, id), at: firstFinished(after: end))
        }
        jobs[id - 1] = job
        if recordsChanges, job.state != before.state { changes.append(LabChange(job: job, before: before)) }
    }

    mutating func lose(_ id: Int) {
        guard let job = job(id) else { return }
        countByState[job.state, default: 0] -= 1
        finished.removeAll { $0.id == id }
        jobs[id - 1] = nil
        unveil(id)
    }

    /// The place of the first finished job that ended after a moment.
    func firstFinished(after moment: Moment) -> Int {
        var low = 0
        var high = finished.count
        while low < high {
            let middle = (low + high) / 2
            if finished[middle].end > moment { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// The place of the first job that was submitted after a moment; ids and times grow together.
    func firstSubmitted(after moment: Moment) -> Int {
        guard !wasTurnedBack else { return 0 }
        var low = 0
        var high = jobs.count
        while low < high {
            let middle = (low + high) / 2
            // A lost job has no time; its neighbour stands in for it.
            let time = jobs[middle..<high].lazy.compactMap { $0?.submitTime }.first
            if let time, time <= moment { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// A job that changed its state: what an event tells.
struct LabChange: Sendable {
    /// The job afterwards.
    var job: LabJob
    /// The job before; nil if it is new.
    var before: LabJob?
    /// LAVA saves a new member of a group twice, and knows its place in the group the second time only.
    var isUnplaced = false

    /// Its name in its group, for a member.
    var subID: String? {
        guard job.membership != nil else { return nil }
        return isUnplaced ? "" : job.name
    }

    /// What its device did with it.
    var device: (name: String, state: String)? {
        guard let device = job.device else { return nil }
        switch job.state {
        case .scheduled where job.membership == nil, .scheduling: return (device, "Reserved")
        case .running: return (device, "Running")
        case .finished where job.startTime != job.endTime: return (device, "Idle")
        default: return nil
        }
    }
}
