// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import Foundation

/// A jobset as people name it: by its id, the beginning of that, or its build.
struct JobsetReference: ExpressibleByArgument, Sendable {
    private enum Kind: Sendable {
        case id(UUID)
        case prefix(IDPrefix)
        case build(Build)
        /// Any build of a project.
        case project(ProjectName)
    }

    private let kind: Kind
    /// Whether the latest is meant, if there are several.
    private let isLatest: Bool
    /// As it was given.
    private let text: String

    /// The ending that asks for the latest.
    private static let latest = "@latest"
    /// How many jobsets are listed that may be meant.
    private static let listed = 5

    /// How a jobset is named, for help.
    static let help = ArgumentHelp(
        "The jobset: its id, at least 4 digits of its beginning, or its build.",
        discussion: """
            A build is group/project/version. If it has several jobsets, add @latest for the latest. group/project@latest is \
            the project's latest jobset.
            """,
        valueName: "jobset"
    )

    init?(argument: String) {
        text = argument
        if let id = UUID(uuidString: argument) {
            (kind, isLatest) = (.id(id), false)
            return
        }
        if let prefix = IDPrefix(argument) {
            (kind, isLatest) = (.prefix(prefix), false)
            return
        }
        isLatest = argument.hasSuffix(Self.latest)
        let name = isLatest ? String(argument.dropLast(Self.latest.count)) : argument
        if let build = Build(named: name) {
            kind = .build(build)
        } else if isLatest, let project = ProjectName(argument: name) {
            kind = .project(project)
        } else {
            return nil
        }
    }

    /// The id of the one jobset that is meant.
    ///
    /// - Throws: ``CommandFailure`` when there is none, or when several may be meant.
    func id(in fleet: any FleetConnection) async throws -> UUID {
        var filter = JobsetFilter(limit: isLatest ? 1 : Self.listed + 1)
        switch kind {
        case .id(let id): return id
        case .prefix(let prefix): filter.idPrefix = prefix
        case .build(let build):
            (filter.group, filter.project, filter.version) = (build.group, build.project, build.version)
        case .project(let name): (filter.group, filter.project) = (name.group, name.project)
        }
        let found = try await fleet.jobsets(filter)
        guard let first = found.first else { throw missing }
        guard found.count == 1 else { throw ambiguous(found) }
        return first.id
    }

    private static let advice =
        "  `muster ls` lists them; a token that can't read the project can only name a jobset by its whole id"

    private var missing: CommandFailure {
        if case .prefix = kind {
            return CommandFailure(.usage, "no jobset has an id that begins with \(text)", Self.advice)
        }
        return CommandFailure(.usage, "there is no jobset of \(text)", Self.advice)
    }

    private func ambiguous(_ found: [Jobset]) -> CommandFailure {
        let isBuild = if case .build = kind { true } else { false }
        let what =
            isBuild ? "\(text) has more than one jobset" : "more than one jobset has an id that begins with \(text)"
        let lines = found.prefix(Self.listed).map { jobset in
            "  \(jobset.id.text)  \(jobset.build)  created \(Age.told(jobset.createdAt, on: .error))"
        }
        let advice = isBuild ? "  name its id, or add \(Self.latest) for the latest" : "  name more of its id"
        let more = found.count > Self.listed ? ["  and more"] : []
        return CommandFailure(.usage, lines: [what] + lines + more + [advice])
    }
}

extension ConfigurationOptions {
    /// Lends the fleet that is meant, with the id of the jobset that is meant.
    ///
    /// - Throws: `ConfigurationFaults`; ``CommandFailure``, also when no jobset or several may be meant.
    func connected<Result: Sendable>(
        to jobset: JobsetReference,
        _ body: (any FleetConnection, UUID) async throws -> Result
    ) async throws -> Result {
        try await connected { fleet in try await body(fleet, try await jobset.id(in: fleet)) }
    }
}
