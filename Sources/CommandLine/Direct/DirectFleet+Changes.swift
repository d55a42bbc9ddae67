// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetObjects
import FleetStore
import Foundation

extension DirectFleet {
    func seal(_ id: UUID) async throws -> SealingObject? {
        do {
            let sealing = try await access.withStore { try await $0.sealJobset(id: id) }
            await access.tell(sealing.finished)
            return SealingObject(id: id, sealing)
        } catch NotSealable.notFound {
            throw CommandFailure.noJobset(id)
        } catch NotSealable.finished {
            return nil
        }
    }

    func cancel(_ id: UUID, jobs: Set<Int>, reason: String?) async throws -> CancellationObject? {
        let signed = Author.signed(reason)
        do {
            let cancellation = try await access.withStore { store in
                jobs.isEmpty
                    ? try await store.cancelJobset(id: id, reason: signed)
                    : try await store.cancelJobs(of: id, positions: jobs, reason: signed)
            }
            await access.tell(cancellation.finished)
            return CancellationObject(id: id, cancellation)
        } catch NotCancelable.alreadyFinished(.canceled) where jobs.isEmpty {
            return nil
        } catch NotCancelable.notFound {
            throw CommandFailure.noJobset(id)
        }
    }

    func retry(_ id: UUID, _ selection: RetrySelection) async throws -> RetrialObject {
        try await access.withStore { store in
            do {
                return RetrialObject(id: id, try await store.retryJobs(of: id, selection))
            } catch NotRetriable.noSuchJob(let position) {
                throw CommandFailure.noJob(position, of: id, total: try await store.jobset(id: id)?.total ?? 0)
            }
        }
    }

    func change(_ id: UUID, _ change: JobsetChange) async throws -> (jobset: JobsetObject, isCanceled: Bool) {
        let (changed, status) = try await access.withStore { store in
            do {
                let changed = try await store.changeJobset(id: id, change)
                return (changed, try await store.jobset(orNone: id))
            } catch NotChangeable.notFound {
                throw CommandFailure.noJobset(id)
            }
        }
        await access.tell(changed.finished)
        return (JobsetObject(status), changed.isCanceled)
    }

    func redeliver(_ delivery: UUID) async throws -> [RedeliveredObject] {
        let ids = try await access.withStore { try await $0.redeliver(.delivery(delivery)) }
        guard !ids.isEmpty else { throw CommandFailure.noDelivery(delivery) }
        return ids.map(RedeliveredObject.init)
    }

    func redeliverFailed(of id: UUID) async throws -> [RedeliveredObject] {
        let ids = try await access.withStore { store in
            _ = try await store.jobset(orNone: id)
            return try await store.redeliver(.failed(ofJobset: id))
        }
        return ids.map(RedeliveredObject.init)
    }
}
