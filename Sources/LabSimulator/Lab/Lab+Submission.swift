// SPDX-License-Identifier: Apache-2.0

internal import Foundation

extension Lab {
    /// Takes a definition.
    ///
    /// - Parameter fault: What goes wrong, if it is a group.
    /// - Returns: The ids of the jobs it became: one, or one for each member of a multinode group.
    func submit(_ definition: Definition, head: String, user: String, fault: GroupFault? = nil) throws(Refusal)
        -> [LabJob]
    {
        let result: Result<[LabJob], Refusal> = perform { state, plans in
            let types =
                definition.members.isEmpty ? [definition.deviceType ?? ""] : definition.members.map(\.deviceType)
            for type in types.compactMap(\.self) where state.pools[type] == nil {
                return .failure(.noDevices(type: type))
            }
            for (type, wanted) in Dictionary(grouping: types.compactMap(\.self), by: \.self).mapValues(\.count) {
                // A single job waits for a device of its type; a group must fit the lab.
                guard definition.members.isEmpty || wanted <= state.pools[type]?.count ?? 0 else {
                    return .failure(.tooFewDevices(type: type))
                }
            }
            guard state.jobs.count + types.count <= options.maximumJobs else {
                return .failure(.crash("This lab keeps no more than \(options.maximumJobs) jobs."))
            }
            let first = state.jobs.count + 1
            let ids = Array(first..<first + types.count)
            let group = UUID().uuidString.lowercased()
            let now = state.tick()
            let behaviour = state.fails(definition) ? definition.behaviour.failing : definition.behaviour
            var jobs: [LabJob] = []
            for (place, id) in ids.enumerated() {
                var job = LabJob(
                    id: id,
                    submitter: user,
                    definition: definition,
                    head: head,
                    deviceType: types[place],
                    submitTime: now,
                    behaviour: behaviour
                )
                if !definition.members.isEmpty {
                    job.membership = definition.members[place].membership(place: place, ids: ids, group: group)
                }
                jobs.append(job)
            }
            if !definition.members.isEmpty { fault?.spoil(&jobs) }
            for job in jobs {
                state.insert(job)
                log.jobCreated(id: job.id, name: job.name, tag: job.tag, at: now)
                plans.append(Plan(job: job.id, epoch: 0, step: .queue, milliseconds: options.queueMilliseconds))
            }
            return .success(jobs)
        }
        return try result.get()
    }

    /// Forgets a job, as if it had never been: what a lab does whose database was restored.
    func lose(_ id: Int) {
        perform { state, plans in
            guard let job = state.job(id) else { return }
            log.jobLost(id: id, name: job.name, tag: job.tag, at: state.tick())
            state.lose(id)
            guard let type = job.deviceType, let device = job.device, job.state != .finished else { return }
            state.pools[type]?.release(device)
            plans += assign(type, &state)
        }
    }
}
