// SPDX-License-Identifier: Apache-2.0

package import Fleet
import FleetStore
package import Foundation

/// What is done to a jobset. `build` is what the jobset tests, for the audit; nobody audits what is done on the fleet's own
/// machines.
extension FleetOperations {
    /// Says that nothing will be added to a jobset any more.
    ///
    /// - Throws: `FleetRefusal`.
    package func seal(_ id: UUID, in build: Build? = nil, by actor: Actor) async throws -> Sealing {
        try await note("seal", build, jobset: id, by: actor)
        return await announced(try await store.sealJobset(id: id))
    }

    /// Cancels what is left of a jobset, or these jobs of it.
    ///
    /// - Throws: `FleetRefusal`.
    package func cancel(
        _ id: UUID,
        in build: Build? = nil,
        jobs: Set<Int>? = nil,
        reason: String?,
        by actor: Actor
    ) async throws -> Cancellation {
        let detail = ["reason": reason, "jobs": jobs.map(Self.listed)]
        try await note("cancel", build, jobset: id, detail: detail, by: actor)
        let signed = actor.signed(reason)
        guard let jobs else { return await announced(try await store.cancelJobset(id: id, reason: signed)) }
        return await announced(try await store.cancelJobs(of: id, positions: jobs, reason: signed))
    }

    /// Sends jobs of a finished jobset out again.
    ///
    /// - Throws: `FleetRefusal`.
    package func retry(
        _ id: UUID,
        _ selection: RetrySelection,
        in build: Build? = nil,
        by actor: Actor
    ) async throws -> Retrial {
        let detail =
            switch selection {
            case .failed: ["select": "failed"]
            case .all: ["select": "all"]
            case .jobs(let jobs): ["jobs": Self.listed(jobs)]
            }
        try await note("retry", build, jobset: id, detail: detail, by: actor)
        return try await store.retryJobs(of: id, selection)
    }

    /// Changes limits and the priority of a jobset while it runs.
    ///
    /// - Returns: the jobset as it is then, and whether this has canceled what was left of it.
    /// - Throws: `FleetRefusal`.
    package func change(
        _ id: UUID,
        _ change: JobsetChange,
        in build: Build? = nil,
        by actor: Actor
    ) async throws -> (jobset: Jobset, hasCanceledRest: Bool) {
        try await note("change", build, jobset: id, detail: change.described, by: actor)
        let hasCanceledRest = await announced(try await store.changeJobset(id: id, change))
        guard let jobset = try await store.jobset(id: id) else { throw FleetRefusal.noSuchJobset(id: id.text) }
        return (jobset, hasCanceledRest)
    }

    /// Makes a delivery of a jobset again.
    ///
    /// - Throws: `FleetRefusal`.
    package func redeliver(
        _ delivery: UUID,
        of jobset: UUID? = nil,
        in build: Build? = nil,
        by actor: Actor
    ) async throws {
        try await note("redeliver", build, jobset: jobset, detail: ["delivery": delivery.text], by: actor)
        guard try await !store.redeliver(.delivery(delivery)).isEmpty else {
            throw FleetRefusal.noSuchDelivery(id: delivery.text)
        }
    }

    /// Makes those deliveries of a jobset again that were given up.
    ///
    /// - Returns: their ids.
    /// - Throws: `FleetRefusal`.
    package func redeliverFailed(of id: UUID, in build: Build? = nil, by actor: Actor) async throws -> [UUID] {
        try await note("redeliver", build, jobset: id, detail: ["select": "failed"], by: actor)
        guard try await store.build(of: id) != nil else { throw FleetRefusal.noSuchJobset(id: id.text) }
        return try await store.redeliver(.failed(ofJobset: id))
    }

    /// The most jobs that the audit lists of a request.
    private static let listedJobs = 100

    private static func listed(_ jobs: Set<Int>) -> String {
        jobs.sorted().prefix(listedJobs).map(String.init).joined(separator: ",")
    }
}

extension JobsetChange {
    /// As the audit has it, by the keys of the API; what stays is left out.
    fileprivate var described: [String: String?] {
        [
            "max_failures": maxFailures.map { $0.map { "\($0)" } ?? "none" },
            "priority": priority.map { "\($0)" }, "is_kept": isKept.map { "\($0)" },
            "timeout": timeout.map { $0.map { "\($0.components.seconds)" } ?? "none" },
        ]
    }
}
