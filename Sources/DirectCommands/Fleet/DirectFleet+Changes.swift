// SPDX-License-Identifier: Apache-2.0

import CommandLine
import ExternalLabs
import Fleet
import FleetOperations
import FleetRuntime
import FleetStore
import Foundation

extension DirectFleet {
    func seal(_ id: UUID) async throws -> SealedJobset {
        SealedJobset(id: id, try await operate { try await $0.seal(id, by: $1) })
    }

    func cancel(_ id: UUID, jobs: Set<Int>, reason: String?) async throws -> CanceledJobset {
        let cancellation = try await operate { fleet, actor in
            let reason = Author.reason(reason)
            return try await fleet.cancel(id, jobs: jobs.isEmpty ? nil : jobs, reason: reason, by: actor)
        }
        return CanceledJobset(id: id, cancellation)
    }

    func retry(_ id: UUID, _ selection: RetrySelection) async throws -> RetriedJobset {
        RetriedJobset(id: id, try await operate { try await $0.retry(id, selection, by: $1) })
    }

    func change(_ id: UUID, _ change: JobsetChange) async throws -> ChangedJobset {
        let (jobset, hasCanceledRest) = try await operate { try await $0.change(id, change, by: $1) }
        return ChangedJobset(jobset, hasCanceledRest: hasCanceledRest)
    }

    func redeliver(_ delivery: UUID) async throws -> [RepeatedDelivery] {
        try await operate { try await $0.redeliver(delivery, by: $1) }
        return [RepeatedDelivery(delivery)]
    }

    func redeliverFailed(of id: UUID) async throws -> [RepeatedDelivery] {
        try await operate { try await $0.redeliverFailed(of: id, by: $1) }.map(RepeatedDelivery.init)
    }

    func bulk(_ request: BulkRequest, isPreview: Bool, reason: String?) async throws -> BulkOutcome {
        var request = request
        request.filter.limit = min(request.filter.limit, access.configuration.gateway.maximumBulkJobsets)
        let asked = request
        return try await operate { fleet, actor in
            guard !isPreview else { return try await fleet.preview(asked) }
            return try await fleet.carryOut(asked, reason: Author.reason(reason), by: actor)
        }
    }

    /// Lends what is done to the fleet, and who does it.
    func operate<Result: Sendable>(
        _ body: (FleetOperations, Actor) async throws -> Result
    ) async throws -> Result {
        try await access.withStore { store in
            let fleet = FleetOperations(
                store: store,
                backends: access.configuration.backends.keys,
                announce: { await access.announce($0) }
            )
            return try await body(fleet, Author.actor())
        }
    }
}

extension DirectFleet {
    func reportResult(_ body: [UInt8], ofJob id: Int) async throws -> Receipt {
        let configuration = access.configuration
        let result: ReportedResult
        do {
            result = try ResultReader.read(
                body,
                rules: ReportRules(maximumTests: configuration.watcher.maximumResultsPerJob)
            )
        } catch {
            throw ServerRefusal(problem: .badRequest(error.faults))
        }
        let receipt = try await operate { fleet, actor in
            try await fleet.reportResult(
                result,
                ofJob: id,
                externalBackends: configuration.externalBackends,
                by: actor
            )
        }
        return Receipt(receipt)
    }
}
