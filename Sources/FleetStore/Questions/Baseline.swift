// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

/// What a finished jobset is compared with.
package enum Baseline: Sendable, Equatable {
    /// No earlier jobset of its project serves.
    case none
    /// The publisher named one that is not there, or that is another project's and was not his to name.
    case unknown(name: String)
    /// The publisher named one that has not finished, or the jobset that served before has not.
    case unfinished(name: String)
    /// The results of the one that the publisher named, or that served before, are not kept any longer.
    case removed(name: String)
    /// It is compared with this one.
    case found(BaselineJobset)
}

extension FleetStore {
    /// How many of the latest jobsets of a project are looked at for a baseline.
    private static let baselineCandidates = 20

    /// What the report of a jobset is compared with: what its publisher named; else what an earlier generation of it was
    /// compared with; else the jobset of its project that serves best.
    ///
    /// Those serve best that were accepted before it, have finished, were not canceled, and had a complete job in the
    /// most of its environments; of equally good ones the latest. One that is stuck is passed over.
    package func baseline(of jobset: UUID) async throws -> Baseline {
        let rows = try await query(
            """
            select baseline, (
                select baseline_id from report
                where jobset_id = jobset.id and baseline_id is not null order by generation limit 1
            ) as earlier, build_group, build_project, baseline_project
            from jobset where id = \(jobset)
            """
        )
        guard let choice = try rows.first?.decode(BaselineChoice.self) else { return .none }
        let (group, project) = (choice.buildGroup, choice.buildProject)
        let readable = ["\(group)/\(project)"] + [choice.baselineProject].compactMap(\.self)
        guard let text = choice.baseline else {
            guard let earlier = choice.earlier else { return try await bestBaseline(for: jobset) }
            let name = "\(BaselineName.jobset(earlier))"
            return try await namedBaseline(name, id: earlier, of: readable, isNamed: false)
        }
        // A name that this version can't read is no reason to take another.
        guard let name = BaselineName(text) else { return .unknown(name: text) }
        switch name {
        case .jobset(let id): return try await namedBaseline(text, id: id, of: readable, isNamed: true)
        case .build(let build):
            guard readable.contains("\(build.group)/\(build.project)") else { return .unknown(name: text) }
            return try await namedBaseline(text, build, for: jobset)
        case .version(let version):
            guard let build = Build(group: group, project: project, version: version) else {
                return .unknown(name: text)
            }
            return try await namedBaseline(text, build, for: jobset)
        }
    }

    /// The jobset of that id, if it is of one of these projects.
    private func namedBaseline(
        _ name: String,
        id: UUID,
        of projects: [String],
        isNamed: Bool
    ) async throws -> Baseline {
        let rows = try await query(
            """
            select \(unsafeSQL: Self.columns(isNamed: isNamed)) from jobset
            where id = \(id) and build_group || '/' || build_project = any(\(projects))
            """
        )
        return try Self.named(name, rows.first)
    }

    private static func named(_ name: String, _ row: PostgresRow?) throws -> Baseline {
        guard let row else { return .unknown(name: name) }
        guard try !row.decode("is_removed", as: Bool.self) else { return .removed(name: name) }
        return try jobset(row).map(Baseline.found) ?? .unfinished(name: name)
    }

    /// The latest finished jobset of a build, other than the one that asks; canceled ones only where there is no other.
    private func namedBaseline(_ name: String, _ build: Build, for jobset: UUID) async throws -> Baseline {
        let rows = try await query(
            """
            select \(unsafeSQL: Self.columns(isNamed: true)) from jobset
            where build_group = \(build.group) and build_project = \(build.project)
                and build_version = \(build.version) and id <> \(jobset)
            order by \(unsafeSQL: Self.bestOfBuild) limit 1
            """
        )
        return try Self.named(name, rows.first)
    }

    /// Which jobset of a build comes first: one that has finished, and canceled ones only where there is no other.
    private static let bestOfBuild = "verdict is null, verdict = 'canceled', created_at desc"

    /// The jobset that is meant by a build, other than this one: what ``BaselineName/build(_:)`` says; `nil` if there is none.
    package func latestJobset(of build: Build, otherThan jobset: UUID) async throws -> UUID? {
        try await query(
            """
            select id from jobset
            where build_group = \(build.group) and build_project = \(build.project)
                and build_version = \(build.version) and id <> \(jobset)
            order by \(unsafeSQL: Self.bestOfBuild) limit 1
            """
        ).first?.decode(UUID.self)
    }

    private func bestBaseline(for jobset: UUID) async throws -> Baseline {
        let rows = try await query(
            """
            with wanted as (select distinct environment from job where jobset_id = \(jobset)),
            candidate as (
                select earlier.* from jobset as this join jobset as earlier using (build_group, build_project)
                where this.id = \(jobset) and (earlier.created_at, earlier.id) < (this.created_at, this.id)
                    and earlier.state = 'finished' and earlier.verdict <> 'canceled'
                order by earlier.created_at desc limit \(Self.baselineCandidates)
            )
            select \(unsafeSQL: Self.columns(isNamed: false))
            from candidate join lateral (
                select count(distinct environment) as number from job join wanted using (environment)
                where jobset_id = candidate.id and outcome = 'complete'
            ) as shared on shared.number > 0 and candidate.results_removed_at is null
            order by shared.number desc, created_at desc, id desc limit 1
            """
        )
        return try rows.first.flatMap(Self.jobset).map(Baseline.found) ?? .none
    }

    /// The jobset of a row; `nil` while it runs.
    private static func jobset(_ row: PostgresRow) throws -> BaselineJobset? {
        guard try row.decode("verdict", as: Verdict?.self) != nil else { return nil }
        return try row.decode(BaselineJobset.self)
    }

    private static func columns(isNamed: Bool) -> String {
        """
        id, '/' || build_group || '/' || build_project || '/' || build_version as build, verdict, finished_at,
            \(isNamed) as is_named, results_removed_at is not null as is_removed
        """
    }
}

/// What a jobset's baseline is chosen by.
private struct BaselineChoice: Decodable {
    /// As its publisher named it, also where this version can't read the name.
    let baseline: String?
    /// What an earlier generation was compared with.
    let earlier: UUID?
    let buildGroup: String
    let buildProject: String
    let baselineProject: String?
}
