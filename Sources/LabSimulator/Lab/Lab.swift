// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import Synchronization

/// A lab: takes jobs, gives them devices, lets them run and end. Everything happens under one lock, and time comes
/// from one event loop.
final class Lab: Sendable {
    /// What a job does next, and when.
    struct Plan: Sendable {
        enum Step: Sendable { case queue, start, finish, cancel }
        var job: Int
        var epoch: Int
        var step: Step
        var milliseconds: Int
    }

    let options: SimulatorOptions
    let log: SimulatorLog
    let clock = LabClock()
    private let stage: EventStage
    private let eventLoop: any EventLoop
    private let state: Mutex<LabState>

    init(options: SimulatorOptions, log: SimulatorLog, stage: EventStage, eventLoop: any EventLoop) {
        self.options = options
        self.log = log
        self.stage = stage
        self.eventLoop = eventLoop
        self.state = Mutex(LabState(devices: options.devices, clock: clock))
    }

    /// Looks at the lab, or changes it without letting time pass in it.
    func withState<Result: Sendable>(_ body: (inout LabState) throws -> Result) rethrows -> Result {
        try state.withLock { try body(&$0) }
    }

    /// Changes the lab and sets the clock for what follows.
    func perform<Result: Sendable>(
        _ body: (inout LabState, inout [Plan]) throws -> Result
    ) rethrows -> Result {
        let (result, plans) = try state.withLock { state in
            var plans: [Plan] = []
            state.recordsChanges = stage.hasListeners
            let result = try body(&state, &plans)
            let later = settle(&state, plans)
            let changes = state.takeChanges()
            if !changes.isEmpty { stage.play(changes, &state) }
            return (result, later)
        }
        for plan in plans {
            eventLoop.scheduleTask(in: .milliseconds(Int64(plan.milliseconds))) { [weak self] in
                guard let self else { return }
                self.perform { $1.append(Plan(job: plan.job, epoch: plan.epoch, step: plan.step, milliseconds: 0)) }
            }
        }
        return result
    }

    /// Does everything that is due at once, and what follows from it at once; returns what must wait. Jobs without
    /// a run time end in here, without a timer each.
    private func settle(_ state: inout LabState, _ plans: [Plan]) -> [Plan] {
        // Last in, first out, and the first to be done put in last.
        var due = Array(plans.reversed())
        var later: [Plan] = []
        while let plan = due.popLast() {
            if plan.milliseconds > 0 {
                later.append(plan)
            } else {
                due.append(contentsOf: take(plan, &state).reversed())
            }
        }
        return later
    }

    private func take(_ plan: Plan, _ state: inout LabState) -> [Plan] {
        guard let job = state.job(plan.job), job.epoch == plan.epoch else { return [] }
        switch plan.step {
        case .queue:
            guard let type = job.deviceType else { return connect(job, &state) }
            state.pools[type]?.wait(job.id)
            return assign(type, &state)
        case .start:
            let now = state.tick()
            state.update(job.id) {
                $0.state = .running
                $0.startTime = now
            }
            let run = job.behaviour.runMilliseconds
            return [Plan(job: job.id, epoch: job.epoch, step: .finish, milliseconds: run)]
        case .finish: return end(job.id, job.behaviour.health, &state)
        case .cancel: return end(job.id, .canceled, &state)
        }
    }

    /// Gives devices to those that wait, as far as there are any.
    func assign(_ type: String, _ state: inout LabState) -> [Plan] {
        var plans: [Plan] = []
        while let (id, device) = state.pools[type]?.assign() {
            // One that was canceled or lost while it waited gives its turn away.
            guard let job = state.job(id), job.state == .submitted else {
                state.pools[type]?.release(device)
                continue
            }
            state.update(id) {
                $0.state = job.membership == nil ? .scheduled : .scheduling
                $0.device = device
            }
            if let membership = job.membership {
                plans += assemble(membership.ids, &state)
                continue
            }
            plans.append(Plan(job: id, epoch: job.epoch, step: .start, milliseconds: options.startMilliseconds))
        }
        return plans
    }

    /// A member that needs no device of its own waits for its group alone.
    private func connect(_ job: LabJob, _ state: inout LabState) -> [Plan] {
        guard job.state == .submitted else { return [] }
        state.update(job.id) { $0.state = .scheduling }
        return assemble(job.membership?.ids ?? [], &state)
    }

    /// Lets a group go on once every member has a device; one that is stuck stays behind.
    private func assemble(_ ids: [Int], _ state: inout LabState) -> [Plan] {
        let members = ids.compactMap { state.job($0) }.filter { $0.state != .finished }
        guard members.allSatisfy({ $0.state == .scheduling }) else { return [] }
        for id in ids { state.update(id) { $0.membership?.isNamed = true } }
        let moving = members.filter { $0.membership?.isStuck != true }
        for member in moving { state.update(member.id) { $0.state = .scheduled } }
        return moving.map { Plan(job: $0.id, epoch: $0.epoch, step: .start, milliseconds: options.startMilliseconds) }
    }

    /// Ends a job, frees its device, and lets the next have it.
    func end(_ id: Int, _ health: LabJob.Health, _ state: inout LabState) -> [Plan] {
        guard let job = state.job(id), job.state != .finished else { return [] }
        let now = state.tick()
        state.update(id) {
            $0.state = .finished
            $0.health = health
            $0.startTime = $0.startTime ?? now
            $0.endTime = now
            $0.epoch += 1
        }
        log.jobFinished(id: id, name: job.name, tag: job.tag, health: health.rawValue, at: now)
        guard let type = job.deviceType, let device = job.device else { return [] }
        state.pools[type]?.release(device)
        return assign(type, &state)
    }
}
