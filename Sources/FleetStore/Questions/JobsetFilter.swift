// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

/// Which jobsets to list.
package struct JobsetFilter: Sendable {
    /// Only those of these projects; `nil`: of all.
    package var scopes: [ProjectScope]?
    /// Only those of this group.
    package var group: String?
    /// Only those of this project.
    package var project: String?
    /// Only those of this version.
    package var version: String?
    /// Only those in this state.
    package var state: JobsetState?
    /// Only those that ended so.
    package var verdict: Verdict?
    /// Only those with a job for this lab.
    package var backend: String?
    /// Only those with a job of this environment.
    package var environment: String?
    /// Only those with all of these labels.
    package var labels: [String: String] = [:]
    /// Only those accepted at that time or later.
    package var createdAfter: Date?
    /// Only those accepted before that time.
    package var createdBefore: Date?
    /// Only those that stand behind this one in the list.
    package var after: JobsetPlace?
    /// At most so many.
    package var limit: Int

    /// A filter as given.
    package init(group: String? = nil, project: String? = nil, state: JobsetState? = nil, limit: Int = 50) {
        self.group = group
        self.project = project
        self.state = state
        self.limit = limit
    }
}

/// Where a jobset stands in a list: whatever is accepted or changes meanwhile, it stays there.
package struct JobsetPlace: Sendable, Equatable {
    /// When it was accepted, in microseconds since 1970.
    package let createdMicroseconds: Int
    package let id: UUID

    /// What a caller may name, to the end of the year 9999: PostgreSQL can't count much further.
    private static let times = -62_135_596_800_000_000...253_402_300_799_999_999

    /// A place from its parts.
    package init(createdMicroseconds: Int, id: UUID) {
        self.createdMicroseconds = min(max(createdMicroseconds, Self.times.lowerBound), Self.times.upperBound)
        self.id = id
    }

    /// The place of a jobset.
    package init(_ status: Jobset) {
        self.init(createdMicroseconds: status.createdAt.microseconds, id: status.id)
    }
}

extension Date {
    /// Since 1970; PostgreSQL's times are whole ones.
    var microseconds: Int {
        // The last years that a `timestamptz` can hold are beyond what 64 bits can count.
        let count = (timeIntervalSince1970 * 1_000_000).rounded()
        return Int(exactly: count) ?? (count < 0 ? .min : .max)
    }
}

extension FleetStore {
    /// Jobsets, latest first.
    package func jobsets(_ filter: JobsetFilter) async throws -> [Jobset] {
        let scopes = filter.scopes.map(ScopeLists.init)
        let labels = filter.labels.isEmpty ? nil : PostgresJSON(filter.labels)
        let rows = try await query(
            """
            \(unsafeSQL: Self.statusHead)
            where (\(scopes.map { $0.isAll } ?? true) or build_group = any(\(scopes?.groups ?? []))
                    or build_group || '/' || build_project = any(\(scopes?.projects ?? [])))
                and (\(filter.group) is null or build_group = \(filter.group))
                and (\(filter.project) is null or build_project = \(filter.project))
                and (\(filter.version) is null or build_version = \(filter.version))
                and (\(filter.state) is null or state = \(filter.state))
                and (\(filter.verdict) is null or verdict = \(filter.verdict))
                and (\(filter.backend) is null
                    or exists (select from jobset_environment as place
                        where place.jobset_id = jobset.id and place.backend = \(filter.backend)))
                and (\(filter.environment) is null
                    or exists (select from jobset_environment as place
                        where place.jobset_id = jobset.id and place.environment = \(filter.environment)))
                and (\(labels) is null or labels @> \(labels))
                and (\(filter.createdAfter) is null or created_at >= \(filter.createdAfter))
                and (\(filter.createdBefore) is null or created_at < \(filter.createdBefore))
                and (\(filter.after?.id) is null or (created_at, id) < (
                    timestamptz 'epoch' + \(filter.after?.createdMicroseconds) * interval '1 microsecond',
                    \(filter.after?.id)))
            order by created_at desc, id desc limit \(filter.limit)
            \(unsafeSQL: Self.statusTail)
            """
        )
        return try rows.decode(Jobset.self)
    }
}

/// Scopes as SQL compares them.
struct ScopeLists {
    var isAll = false
    var groups: [String] = []
    var projects: [String] = []

    init(_ scopes: [ProjectScope]) {
        for scope in scopes {
            switch scope {
            case .all: isAll = true
            case .group(let group): groups.append(group)
            case .project: projects.append(scope.description)
            }
        }
    }
}
