// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

extension FleetStore {
    /// Keeps a refused document: the first `keepBytes` of it and all that is wrong. A repeat counts up.
    package func recordRejection(
        messageID: String?,
        digest: [UInt8],
        problem: Problem,
        body: [UInt8],
        keepBytes: Int,
        jobset: UUID? = nil
    ) async throws {
        let kept = Array(body.prefix(keepBytes))
        try await execute(
            """
            insert into rejected_document (digest, message_id, jobset_id, problem, body, body_bytes)
            values (\(digest), \(messageID), \(jobset), \(PostgresJSON(problem)), \(kept), \(body.count))
            on conflict (digest) do update set times = rejected_document.times + 1
            """
        )
    }

    /// The refused documents, latest first; those before number `before` where one is given.
    package func rejectedDocuments(limit: Int, before: Int? = nil) async throws -> [RejectedDocument] {
        try await query(
            """
            select \(unsafeSQL: Self.rejectionColumns) from rejected_document
            where \(before) is null or id < \(before) order by id desc limit \(limit)
            """
        ).decode(RejectedDocument.self)
    }

    /// The refused document of that number.
    package func rejectedDocument(id: Int) async throws -> RejectedDocument? {
        try await query(
            "select \(unsafeSQL: Self.rejectionColumns) from rejected_document where id = \(id)"
        ).first?.decode(RejectedDocument.self)
    }

    private static let rejectionColumns = "id, message_id, received_at, times, problem, body_bytes"

    /// What was kept of the body of a refused document.
    package func rejectedBody(id: Int) async throws -> [UInt8]? {
        let rows = try await query("select body from rejected_document where id = \(id)")
        return try rows.first?.decode([UInt8].self)
    }
}
