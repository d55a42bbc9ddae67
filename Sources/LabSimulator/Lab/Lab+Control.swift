// SPDX-License-Identifier: Apache-2.0

extension Lab {
    /// How a request to cancel went.
    enum Cancellation: Sendable { case sent, forbidden, unknown }

    /// Cancels a job, or the whole group it belongs to. A finished one is left alone, with the same answer.
    func cancel(_ id: Int, user: SimulatorOptions.User?) -> Cancellation {
        perform { state, plans in
            guard let job = state.job(id) else { return .unknown }
            guard job.state != .finished else { return .sent }
            guard let user, user.isAdmin || user.name == job.submitter else { return .forbidden }
            for id in job.membership?.ids ?? [id] {
                guard let member = state.job(id) else { continue }
                switch member.state {
                case .submitted, .scheduling, .scheduled:
                    plans += end(id, .canceled, &state)
                case .running:
                    state.update(id) {
                        $0.state = .canceling
                        $0.epoch += 1
                    }
                    let wait = options.cancelMilliseconds
                    plans.append(Plan(job: id, epoch: member.epoch + 1, step: .cancel, milliseconds: wait))
                case .canceling, .finished: break
                }
            }
            return .sent
        }
    }

    /// What a person orders for one job.
    struct Order: Sendable, Decodable {
        var state: String?
        var health: String?
        var errorType: String?
        var errorMessage: String?
        var runMilliseconds: Int?

        enum CodingKeys: String, CodingKey {
            case state, health
            case errorType = "error_type"
            case errorMessage = "error_msg"
            case runMilliseconds = "run_ms"
        }
    }

    /// Forces a job into a state, past everything that was planned for it; false if there is no such job or state.
    func force(_ id: Int, _ order: Order) -> Bool {
        let target = order.state.map { LabJob.State(rawValue: $0) }
        let health = order.health.map { LabJob.Health(rawValue: $0) }
        // A name that is given but unknown is a mistake, not a wish for the default.
        if case .some(.none) = target { return false }
        if case .some(.none) = health { return false }
        return perform { state, plans in
            guard let job = state.job(id) else { return false }
            state.update(id) { job in
                if let health = health ?? nil { job.behaviour.health = health }
                if let type = order.errorType { job.behaviour.errorType = type }
                if let message = order.errorMessage { job.behaviour.errorMessage = message }
                if let run = order.runMilliseconds { job.behaviour.runMilliseconds = max(0, run) }
            }
            switch target ?? nil {
            case .finished:
                plans += end(id, (health ?? nil) ?? job.behaviour.health, &state)
            case .running where job.state != .running && job.state != .finished:
                let now = state.tick()
                state.update(id) {
                    $0.epoch += 1
                    $0.state = .running
                    $0.startTime = $0.startTime ?? now
                }
                let run = order.runMilliseconds ?? job.behaviour.runMilliseconds
                plans.append(Plan(job: id, epoch: job.epoch + 1, step: .finish, milliseconds: run))
            case .some(let other) where other != job.state && job.state != .finished:
                state.update(id) {
                    $0.epoch += 1
                    $0.state = other
                }
            default: break
            }
            return true
        }
    }

    /// Changes how many devices there are of some types.
    func setDevices(_ counts: [String: Int]) {
        perform { state, plans in
            for (type, count) in counts {
                if state.pools[type] == nil { state.pools[type] = DevicePool(type: type, count: 0) }
                state.pools[type]?.resize(to: min(max(0, count), 100_000))
                plans += assign(type, &state)
            }
        }
    }

    /// Empties the lab: ids begin at 1 again.
    func wipe() {
        withState { $0 = LabState(devices: options.devices, clock: clock) }
    }
}
