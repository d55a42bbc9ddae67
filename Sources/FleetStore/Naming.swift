// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

/// What documents that are published to the broker may name, and what becomes of it.
package struct NamingRules: Sendable, Equatable {
    /// What whoever publishes to the broker may do.
    package let publishers: Permissions
    /// The labs in which jobs that are only watched may be canceled.
    package let cancelableBackends: Set<String>
    /// The projects that a secret is for which callbacks are signed with. A name that is not here was refused, if it is
    /// none, when the document was read.
    package let secretProjects: [String: [ProjectScope]]

    package init(
        publishers: Permissions = Permissions(),
        cancelableBackends: Set<String> = [],
        secretProjects: [String: [ProjectScope]] = [:]
    ) {
        self.publishers = publishers
        self.cancelableBackends = cancelableBackends
        self.secretProjects = secretProjects
    }

    /// Whether a jobset of this build may have this callback signed as it says.
    func allow(_ callback: CallbackRequest?, in build: Build) -> Bool {
        guard let secret = callback?.secret, let projects = secretProjects[secret] else { return true }
        return projects.contains { $0.covers(group: build.group, project: build.project) }
    }
}

/// What a document may name, of all that it does name.
package struct Naming: Sendable, Equatable {
    /// Jobs that a lab has already.
    package let watches: Bool
    /// A baseline of this project, besides those of the document's own.
    package let baselineProject: ProjectScope?

    /// What somebody with these permissions may name of another project's.
    fileprivate init(_ names: DocumentNames, in build: Build, baseline: Build?, by permissions: Permissions) {
        watches = names.hasWatchedJobs && permissions.allow(.watch, group: build.group, project: build.project)
        baselineProject = baseline.flatMap { other in
            let isOther = (other.group, other.project) != (build.group, build.project)
            guard isOther, permissions.allow(.read, group: other.group, project: other.project) else { return nil }
            return .project(group: other.group, project: other.project)
        }
    }

    fileprivate init(watches: Bool, baselineProject: ProjectScope?) {
        (self.watches, self.baselineProject) = (watches, baselineProject)
    }

    /// Whether it is more than what anybody may name in his own project.
    fileprivate var needsPermit: Bool { watches || baselineProject != nil }
}

extension FleetStore {
    /// Lets ingest take a document that names what its sender, with these permissions, may name.
    ///
    /// A message does not say who sent it, and what it says anybody could write who may publish. So what was found out
    /// stands here, under the document's id and digest. A baseline that is not there and one that may not be read are
    /// the same: neither is permitted.
    package func permit(
        _ names: DocumentNames,
        in build: Build,
        id: UUID,
        digest: [UInt8],
        by permissions: Permissions
    ) async throws {
        guard names.hasWatchedJobs || names.baseline != nil else { return }
        try await transaction { sql in
            let naming = Naming(names, in: build, baseline: try sql.build(of: names.baseline), by: permissions)
            guard naming.needsPermit else { return }
            try sql.execute(
                """
                insert into naming_permit (id, digest, watches, baseline_project)
                values (\(id), \(digest), \(naming.watches), \(naming.baselineProject?.description))
                on conflict (id, digest) do update set watches = naming_permit.watches or excluded.watches,
                    baseline_project = coalesce(excluded.baseline_project, naming_permit.baseline_project)
                """
            )
        }
    }

    /// Removes permits of documents that have not come in for so long.
    package func removePermits(olderThan age: Duration) async throws {
        try await execute(
            "delete from naming_permit where created_at < now() - \(age)"
        )
    }
}

extension PostgresTransaction {
    /// What a document may name: what anybody may who publishes to the broker, and what its sender was permitted.
    func naming(_ names: DocumentNames, in build: Build, id: UUID, digest: [UInt8], _ rules: NamingRules) throws
        -> Naming
    {
        let own = Naming(names, in: build, baseline: try self.build(of: names.baseline), by: rules.publishers)
        guard names.hasWatchedJobs || names.baseline != nil else { return own }
        let rows = try query(
            "delete from naming_permit where id = \(id) and digest = \(digest) returning watches, baseline_project"
        )
        guard let row = rows.first else { return own }
        let (watches, project) = try row.decode(Bool.self, String?.self)
        return Naming(
            watches: own.watches || watches,
            baselineProject: own.baselineProject ?? project.flatMap { ProjectScope($0) }
        )
    }

    /// The build that a baseline's name stands for; `nil` for one of the document's own project, and for an id that
    /// is not there.
    fileprivate func build(of baseline: BaselineName?) throws -> Build? {
        switch baseline {
        case .build(let build): return build
        case .jobset(let id):
            let rows = try query("select build_group, build_project, build_version from jobset where id = \(id)")
            guard let row = rows.first else { return nil }
            let (group, project, version) = try row.decode(String.self, String.self, String.self)
            return Build(group: group, project: project, version: version)
        case .version, nil: return nil
        }
    }
}
