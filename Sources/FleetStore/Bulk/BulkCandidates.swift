// SPDX-License-Identifier: Apache-2.0

import Fleet
package import Foundation
import Postgres

/// A jobset that something is to be done to.
package struct BulkCandidate: Sendable, Equatable, Decodable {
    package let id: UUID
    /// `/group/project/version`.
    package let build: String
    /// When it was accepted.
    let createdAt: Date
    /// How many of its jobs or deliveries match.
    package let number: Int

    /// Where it stands in the list of jobsets.
    package var place: JobsetPlace { JobsetPlace(createdMicroseconds: createdAt.microseconds, id: id) }
}

extension FleetStore {
    /// The jobsets that a request is for, the latest first, as many as its filter allows. What is shown before and what is
    /// done is chosen by this alone.
    package func candidates(for request: BulkRequest) async throws -> [BulkCandidate] {
        try await query(
            """
            select jobset.id, '/' || build_group || '/' || build_project || '/' || build_version as build, created_at,
                matching.number
            from jobset cross join lateral (\(fragment: request.matching)) as matching
            where \(fragment: request.conditions) and \(fragment: request.filter.beyondPlace)
            order by created_at desc, jobset.id desc limit \(request.filter.limit)
            """
        ).decode(BulkCandidate.self)
    }

    /// How many jobsets a request is for beyond a place, as far as they are counted.
    package func count(of request: BulkRequest, after place: JobsetPlace?) async throws -> Int {
        var request = request
        request.filter.after = place
        return try await count(request, "true")
    }

    /// How many jobsets a request would be for if its caller could change all that they see, as far as they are counted.
    package func countForbidden(to request: BulkRequest) async throws -> Int {
        guard let allowed = request.filter.scopes else { return 0 }
        var request = request
        (request.filter.scopes, request.filter.after) = (request.visible, nil)
        return try await count(request, "not \(fragment: JobsetFilter.isIn(allowed))")
    }

    private func count(_ request: BulkRequest, _ condition: PostgresStatement) async throws -> Int {
        try await query(
            """
            select count(*) from (
                select from jobset cross join lateral (\(fragment: request.matching)) as matching
                where \(fragment: request.conditions) and \(fragment: request.filter.beyondPlace)
                    and \(fragment: condition)
                limit \(BulkOutcome.maximumCount)
            ) as counted
            """
        ).first?.decode(Int.self) ?? 0
    }
}
