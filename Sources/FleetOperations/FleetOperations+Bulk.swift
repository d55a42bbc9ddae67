// SPDX-License-Identifier: Apache-2.0

package import Fleet
import FleetStore
import Foundation

/// The same done to many jobsets: each in a transaction of its own, as if it was asked for by itself.
extension FleetOperations {
    /// How long one request goes on; the jobsets that it has not come to are left.
    private static let bulkPatience: Duration = .seconds(30)

    /// What would be done, and what would be refused as far as that can be known before.
    package func preview(_ request: BulkRequest) async throws -> BulkOutcome {
        let found = try await store.candidates(for: request)
        var items: [BulkItem] = []
        for jobset in found {
            let refusal = request.action == .retry ? try await store.refusalOfRetry(of: jobset.id) : nil
            items.append(
                refusal.map { Self.refused(jobset, $0) }
                    ?? BulkItem(jobset: jobset.id, build: jobset.build, request.action, number: jobset.number)
            )
        }
        return try await outcome(of: request, items, last: found.last, isPreview: true)
    }

    /// Does it.
    ///
    /// - Parameter reason: Why, of a cancellation.
    package func carryOut(_ request: BulkRequest, reason: String? = nil, by actor: Actor) async throws -> BulkOutcome {
        let found = try await store.candidates(for: request)
        var detail = request.described
        detail["reason"] = reason
        detail["jobsets"] = found.map(\.id.text).joined(separator: ",")
        detail["count"] = "\(found.count)"
        let filter = request.filter
        try await note(
            "\(request.action.rawValue) many",
            group: filter.group,
            project: filter.project,
            jobset: nil,
            detail: detail,
            by: actor
        )
        let end = ContinuousClock.now + Self.bulkPatience
        var items: [BulkItem] = []
        for jobset in found where items.isEmpty || (ContinuousClock.now < end && !Self.isTrouble(items.last)) {
            items.append(try await carryOut(request, on: jobset, reason: reason, by: actor))
        }
        let last = items.isEmpty ? nil : found[items.count - 1]
        return try await outcome(of: request, items, last: last, isPreview: false)
    }

    private func carryOut(
        _ request: BulkRequest,
        on jobset: BulkCandidate,
        reason: String?,
        by actor: Actor
    ) async throws -> BulkItem {
        do {
            let number =
                switch request.action {
                case .cancel: try await cancel(jobset.id, request.jobs, reason: actor.signed(reason))
                case .retry: try await store.retryFailedJobs(of: jobset.id, request.jobs ?? JobFilter()).jobs
                case .redeliver:
                    try await store.redeliver(.failed(ofJobset: jobset.id, reason: request.reason)).count
                }
            return BulkItem(jobset: jobset.id, build: jobset.build, request.action, number: number)
        } catch let refusal as FleetRefusal {
            return Self.refused(jobset, refusal)
        } catch {
            guard !(error is CancellationError) else { throw error }
            return BulkItem(
                jobset: jobset.id,
                build: jobset.build,
                refused: Self.trouble,
                reason: "the database did not do it; try again"
            )
        }
    }

    private func cancel(_ id: UUID, _ jobs: JobFilter?, reason: String) async throws -> Int {
        let step =
            if let jobs {
                try await store.cancelJobs(of: id, matching: jobs, reason: reason)
            } else {
                try await store.cancelJobset(id: id, reason: reason)
            }
        let canceled = await announced(step)
        return canceled.endedNow + canceled.inLab + canceled.inDoubt
    }

    private func outcome(
        of request: BulkRequest,
        _ items: [BulkItem],
        last: BulkCandidate?,
        isPreview: Bool
    ) async throws -> BulkOutcome {
        let place = last?.place ?? request.filter.after
        let left = try await counted(isPreview, otherwise: BulkOutcome.maximumCount) {
            try await store.count(of: request, after: place)
        }
        let forbidden = try await counted(isPreview, otherwise: 0) { try await store.countForbidden(to: request) }
        return BulkOutcome(
            action: request.action,
            isPreview: isPreview,
            items: items,
            left: left,
            forbidden: forbidden,
            nextCursor: left > 0 ? place?.cursor.text : nil
        )
    }

    /// A count. What was done is told whether or not the rest can be counted.
    private func counted(_ isPreview: Bool, otherwise usual: Int, _ count: () async throws -> Int) async throws -> Int {
        do {
            return try await count()
        } catch let error where !isPreview && !(error is CancellationError) {
            return usual
        }
    }

    private static let trouble = "unavailable"

    private static func isTrouble(_ item: BulkItem?) -> Bool { item?.refused == trouble }

    private static func refused(_ jobset: BulkCandidate, _ refusal: FleetRefusal) -> BulkItem {
        let problem = Problem(refusal)
        return BulkItem(
            jobset: jobset.id,
            build: jobset.build,
            refused: problem.name ?? problem.type,
            reason: refusal.description
        )
    }
}

extension BulkRequest {
    /// As the audit has it, by the parameters of the API.
    fileprivate var described: [String: String?] {
        [
            "build": filter.version, "verdict": filter.verdict?.rawValue, "backend": filter.backend,
            "environment": filter.environment,
            "labels": filter.labels.isEmpty
                ? nil : filter.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " "),
            "created_after": filter.createdAfter?.formatted(.iso8601),
            "created_before": filter.createdBefore?.formatted(.iso8601), "reason_contains": reason,
        ]
    }
}
