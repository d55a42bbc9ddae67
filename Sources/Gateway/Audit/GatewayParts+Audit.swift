// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetRuntime
import FleetStore
import Foundation
import Hummingbird
import Logging

extension GatewayParts {
    /// Writes down who asks for a change, makes it, and adds what the answer was.
    ///
    /// - Throws: what `change` throws; `PostgresError` when it can't be written down: then it is not made.
    func audited(
        _ action: String,
        group: String? = nil,
        project: String? = nil,
        jobset: UUID? = nil,
        detail: [String: String?] = [:],
        _ context: GatewayContext,
        _ change: () async throws -> Response
    ) async throws -> Response {
        let entry = AuditEntry(
            token: context.caller.tokenID,
            actor: context.caller.name,
            address: context.address,
            action: action,
            group: group,
            project: project,
            jobset: jobset,
            detail: detail.compactMapValues { $0 }
        )
        let row = try await store.beginAudit(entry)
        do {
            let response = try await change()
            await conclude(row, status: response.status.code)
            return response
        } catch {
            await conclude(row, status: ErrorMiddleware.refusal(for: error).problem.status)
            throw error
        }
    }

    private func conclude(_ row: Int, status: Int) async {
        do {
            try await store.concludeAudit(row, status: status)
        } catch {
            logger.warning("an answer is missing in the audit", [.audit: "\(row)", .error: "\(error)"])
        }
    }
}
