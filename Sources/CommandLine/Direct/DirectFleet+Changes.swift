// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation

extension DirectFleet {
    func seal(_ id: UUID) async throws -> SealedJobset {
        let sealing = try await access.withStore { try await $0.sealJobset(id: id) }
        await access.tell(sealing.finished)
        return SealedJobset(id: id, sealing)
    }

    func cancel(_ id: UUID, jobs: Set<Int>, reason: String?) async throws -> CanceledJobset {
        let signed = Author.signed(reason)
        let cancellation = try await access.withStore { store in
            jobs.isEmpty
                ? try await store.cancelJobset(id: id, reason: signed)
                : try await store.cancelJobs(of: id, positions: jobs, reason: signed)
        }
        await access.tell(cancellation.finished)
        return CanceledJobset(id: id, cancellation)
    }

    func retry(_ id: UUID, _ selection: RetrySelection) async throws -> RetriedJobset {
        RetriedJobset(id: id, try await access.withStore { try await $0.retryJobs(of: id, selection) })
    }

    func change(_ id: UUID, _ change: JobsetChange) async throws -> ChangedJobset {
        let (changed, status) = try await access.withStore { store in
            let changed = try await store.changeJobset(id: id, change)
            return (changed, try await store.jobset(orNone: id))
        }
        await access.tell(changed.finished)
        return ChangedJobset(status, hasCanceledRest: changed.isCanceled)
    }

    func redeliver(_ delivery: UUID) async throws -> [RepeatedDelivery] {
        let ids = try await access.withStore { try await $0.redeliver(.delivery(delivery)) }
        guard !ids.isEmpty else { throw FleetRefusal.noSuchDelivery(id: delivery.text) }
        return ids.map(RepeatedDelivery.init)
    }

    func redeliverFailed(of id: UUID) async throws -> [RepeatedDelivery] {
        let ids = try await access.withStore { store in
            _ = try await store.jobset(orNone: id)
            return try await store.redeliver(.failed(ofJobset: id))
        }
        return ids.map(RepeatedDelivery.init)
    }
}
