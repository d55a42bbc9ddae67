// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation

/// Who makes a request, and what it may do.
enum Caller: Sendable {
    /// Nobody in particular: may read what is public.
    case anonymous(publicProjects: [ProjectScope])
    /// The holder of a token.
    case token(TokenStatus, publicProjects: [ProjectScope])

    /// All that it may do.
    var permissions: Permissions {
        let open = Permissions.Grant([.read], in: publicProjects)
        guard case .token(let token, _) = self else { return Permissions([open]) }
        return Permissions([open] + token.grants)
    }

    /// Whether it may do this in a project.
    func may(_ ability: Ability, group: String, project: String) -> Bool {
        permissions.allow(ability, group: group, project: project)
    }

    /// The projects that it may read.
    var readable: [ProjectScope] { permissions.projects(for: .read) }

    var id: String { tokenID?.text ?? TokenText.nobody }

    /// Whose share of what is scarce it takes: somebody with many tokens has one.
    var share: String {
        guard case .token(let token, _) = self else { return id }
        return token.holder ?? id
    }

    var tokenID: UUID? {
        guard case .token(let token, _) = self else { return nil }
        return token.id
    }

    /// What it is called in the audit and in the log.
    var name: String {
        switch self {
        case .anonymous: TokenText.nobody
        case .token(let token, _): token.holder ?? token.name
        }
    }

    /// What its token is called, or whom it was given to.
    var tokenName: String? {
        guard case .token = self else { return nil }
        return name
    }

    /// Whether an identity provider vouched for it: then its token is one for some hours.
    var isIdentity: Bool {
        guard case .token(let token, _) = self else { return false }
        return token.holder != nil
    }

    /// The projects that its token is for; without one those that anybody may read.
    var projects: [ProjectScope] {
        switch self {
        case .anonymous(let projects): projects
        case .token(let token, _): token.projects
        }
    }

    /// What it may do in ``projects``.
    var abilities: Set<Ability> {
        switch self {
        case .anonymous(let projects): projects.isEmpty ? [] : [.read]
        case .token(let token, _): token.abilities
        }
    }

    private var publicProjects: [ProjectScope] {
        switch self {
        case .anonymous(let projects), .token(_, let projects): projects
        }
    }

    /// Lets it read of a project, or acts as if there was nothing.
    ///
    /// - Parameter missing: What it is told of what it named when that is not there.
    /// - Throws: ``Refusal``: 401 without a token, so that none can be told from others by trying; else 404.
    func requireRead(group: String, project: String, or missing: FleetRefusal? = nil) throws(Refusal) {
        guard !may(.read, group: group, project: project) else { return }
        throw notFound(missing)
    }

    /// Lets it do something to what it named by an id or a number.
    ///
    /// - Parameter missing: What it is told of what it named when that is not there.
    /// - Throws: ``Refusal``: 401 without a token; 404 where it may not read, as if there was nothing; else 403.
    func require(
        _ ability: Ability,
        group: String,
        project: String,
        or missing: FleetRefusal? = nil
    ) throws(Refusal) {
        guard !may(ability, group: group, project: project) else { return }
        guard case .token = self else { throw .unauthorized() }
        try requireRead(group: group, project: project, or: missing)
        try requireNamed(ability, group: group, project: project)
    }

    /// Lets it do something in a project that it named by its name, so that a refusal tells it nothing.
    ///
    /// - Throws: ``Refusal``: 401 without a token, else 403.
    func requireNamed(_ ability: Ability, group: String, project: String) throws(Refusal) {
        guard !may(ability, group: group, project: project) else { return }
        guard case .token = self else { throw .unauthorized() }
        throw .forbidden(ability, of: "\(group)/\(project)", token: name)
    }

    /// Lets it on if there is any project in which it may do this.
    ///
    /// - Throws: ``Refusal``: 401 without a token, else 403.
    func requireAnywhere(_ ability: Ability) throws(Refusal) {
        guard case .token(let token, _) = self else { throw .unauthorized() }
        guard token.abilities.contains(ability) else {
            throw .forbidden(ability, of: "any project", token: name)
        }
    }

    /// What it is told of something that is not there, or that it may not see.
    var notFound: Refusal { notFound(nil) }

    /// What it is told of something that is not there, or that it may not see.
    func notFound(_ missing: FleetRefusal?) -> Refusal {
        switch self {
        case .anonymous: .unauthorized()
        case .token: missing.map { Refusal($0) } ?? .notFound()
        }
    }
}

extension Caller {
    /// Whether it may pause labs and have dead letters handled again: these concern every project.
    var mayOperate: Bool { may(inAllProjects: .operate) }
    /// Whether it may see what keeps the fleet going: it shows something of every project.
    var maySeeOperations: Bool { mayOperate || may(inAllProjects: .read) }

    /// Whether its token is for all projects with this ability; what anybody may is not enough.
    private func may(inAllProjects ability: Ability) -> Bool {
        guard case .token(let token, _) = self else { return false }
        return Permissions(token.grants).projects(for: ability).contains(.all)
    }
}
