// SPDX-License-Identifier: Apache-2.0

package import Fleet
import FleetStore
package import Foundation
import Synchronization

extension FleetOperations {
    /// Writes down that somebody asks for a change over HTTP, before it is made.
    ///
    /// - Parameters:
    ///   - build: What it concerns, if that is one build.
    ///   - detail: What else there is to say; what is `nil` is left out.
    /// - Throws: `PostgresError` when it can't be written down: then it must not be made.
    package func note(
        _ action: String,
        _ build: Build? = nil,
        jobset: UUID? = nil,
        detail: [String: String?] = [:],
        by actor: Actor
    ) async throws {
        try await note(
            action,
            group: build?.group,
            project: build?.project,
            jobset: jobset,
            detail: detail,
            by: actor
        )
    }

    /// The same of a project, of which it is not known which build it concerns.
    func note(
        _ action: String,
        group: String?,
        project: String?,
        jobset: UUID?,
        detail: [String: String?],
        by actor: Actor
    ) async throws {
        guard let credential = actor.credential else { return }
        let entry = AuditEntry(
            token: credential.token,
            actor: actor.name,
            address: credential.address,
            action: action,
            group: group,
            project: project,
            jobset: jobset,
            detail: detail.compactMapValues(\.self).merging(credential.remarks) { first, _ in first }
        )
        credential.trail.add(try await store.beginAudit(entry))
    }

    /// Adds to what a request has had written down what it was answered with, as HTTP's status.
    package func conclude(_ trail: AuditTrail, status: Int) async throws {
        for row in trail.takeAll() { try await store.concludeAudit(row, status: status) }
    }
}

/// The entries of the audit that one request has begun, until it is known what the answer was.
package final class AuditTrail: Sendable {
    private let rows = Mutex<[Int]>([])

    package init() {}

    func add(_ row: Int) { rows.withLock { $0.append(row) } }

    func takeAll() -> [Int] {
        rows.withLock { rows in
            defer { rows = [] }
            return rows
        }
    }
}
