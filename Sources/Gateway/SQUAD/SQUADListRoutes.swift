// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Hummingbird

/// Groups and projects, by which SQUAD's clients find their way to a build.
struct SQUADListRoutes: Sendable {
    let gateway: GatewayParts

    func add(to group: RouterGroup<GatewayContext>) {
        group.get("groups", use: groups)
        group.get("groups/{group}", use: oneGroup)
        group.get("projects", use: projects)
        group.get("projects/{project}", use: project)
    }

    private func groups(_ request: Request, _ context: GatewayContext) async throws -> Response {
        var query = QueryReader(request)
        let paging = SQUADPaging(&query)
        var filter = gateway.squadFilter(context, paging)
        filter.slug = query.text("slug")
        filter.id = query.integer("id", 1...Int.max)
        try query.finish()
        let links = SQUADLinks(request, gateway)
        return paging.response(try await gateway.store.squadGroups(filter), for: request, links) {
            .object(Self.object($0, links))
        }
    }

    private func oneGroup(_ request: Request, _ context: GatewayContext) async throws -> Response {
        var filter = gateway.squadFilter(context)
        filter.id = try context.squadNumber("group", of: "Group")
        guard let group = try await gateway.store.squadGroups(filter).items.first else {
            throw SQUADRefusal.notFound("Group")
        }
        return .squadJSON(Self.object(group, SQUADLinks(request, gateway)))
    }

    private func projects(_ request: Request, _ context: GatewayContext) async throws -> Response {
        var query = QueryReader(request)
        let paging = SQUADPaging(&query)
        var filter = gateway.squadFilter(context, paging)
        filter.slug = query.text("slug")
        filter.id = query.integer("id", 1...Int.max)
        filter.groupID = query.integer("group", 1...Int.max)
        try query.finish()
        let links = SQUADLinks(request, gateway)
        return paging.response(try await gateway.store.squadProjects(filter), for: request, links) {
            .object(object($0, links))
        }
    }

    private func project(_ request: Request, _ context: GatewayContext) async throws -> Response {
        var filter = gateway.squadFilter(context)
        filter.id = try context.squadNumber("project", of: "Project")
        guard let project = try await gateway.store.squadProjects(filter).items.first else {
            throw SQUADRefusal.notFound("Project")
        }
        return .squadJSON(object(project, SQUADLinks(request, gateway)))
    }

    private static func object(_ group: SQUADGroup, _ links: SQUADLinks) -> [String: JSONValue] {
        [
            "url": links.group(group.id), "id": .number(group.id), "slug": .text(group.slug), "name": .null,
            "description": .null, "settings": .null,
        ]
    }

    private func object(_ project: SQUADProject, _ links: SQUADLinks) -> [String: JSONValue] {
        let isPublic = gateway.access.publicProjects.contains {
            $0.covers(group: project.group, project: project.slug)
        }
        return [
            "url": links.project(project.id), "id": .number(project.id), "group": links.group(project.groupID),
            "full_name": .text("\(project.group)/\(project.slug)"), "slug": .text(project.slug), "name": .null,
            "description": .null, "datetime": .squadTime(project.createdAt), "enabled_plugins_list": .null,
            "is_public": .truth(isPublic),
            // Settings that SQUAD has and Muster has not, as SQUAD has them unless told otherwise.
            "html_mail": true, "moderate_notifications": false, "important_metadata_keys": .null,
            "wait_before_notification": .null, "notification_timeout": .null, "data_retention_days": 0,
            "is_archived": false, "force_finishing_builds_on_timeout": false, "build_confidence_count": 20,
            "build_confidence_threshold": 90, "custom_email_template": .null,
        ]
    }
}

extension GatewayParts {
    /// What a caller may read, and the page of it.
    func squadFilter(_ context: GatewayContext, _ paging: SQUADPaging? = nil) -> SQUADFilter {
        var filter = SQUADFilter()
        filter.scopes = context.caller.seen
        if let paging { (filter.limit, filter.offset) = (paging.limit, paging.offset) }
        return filter
    }
}

extension GatewayContext {
    /// The number that the path names a thing by.
    ///
    /// - Throws: ``SQUADRefusal`` where there is none: then there is no such thing either.
    func squadNumber(_ parameter: String, of what: String) throws(SQUADRefusal) -> Int {
        guard let number = parameters.get(parameter).flatMap({ Int($0) }), number > 0 else { throw .notFound(what) }
        return number
    }
}
