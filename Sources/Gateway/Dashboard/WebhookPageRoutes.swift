// SPDX-License-Identifier: Apache-2.0

import Dashboard
import Fleet
import FleetOperations
import FleetStore
import Foundation
import Hummingbird

/// The page of a project's webhooks, and what people do there.
struct WebhookPageRoutes: Sendable {
    let gateway: GatewayParts

    func add(to group: RouterGroup<GatewayContext>) {
        group.get("projects/{group}/{project}/webhooks", use: page)
        group.post("projects/{group}/{project}/webhooks/{webhook}/redeliver", use: redeliver)
        group.post("projects/{group}/{project}/webhooks/{webhook}/enable") { try await enable(true, $0, $1) }
        group.post("projects/{group}/{project}/webhooks/{webhook}/disable") { try await enable(false, $0, $1) }
        group.post("projects/{group}/{project}/webhooks/{webhook}/rotate", use: rotate)
    }

    private func page(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let (group, project) = try context.project()
        try context.caller.requireRead(group: group, project: project)
        return try await page(request, context, group, project)
    }

    private func page(
        _ request: Request,
        _ context: GatewayContext,
        _ group: String,
        _ project: String,
        notice: PageNotice? = nil
    ) async throws -> Response {
        let reader = gateway.reader(request, context, group: group, project: project)
        let view = WebhooksView(
            group: group,
            project: project,
            webhooks: try await gateway.store.webhooks(of: group, project),
            troubles: try await gateway.store.webhookTroubles(of: group, project, limit: WebhooksView.troubleLimit),
            reader: reader,
            now: .now
        )
        return gateway.page(view, for: reader, request, notice: notice)
    }

    private func redeliver(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let (_, context) = try await gateway.signedForm(request, context)
        let (group, project) = try context.project()
        try context.caller.requireNamed(.redeliver, group: group, project: project)
        _ = try await gateway.operations.redeliverFailed(
            toWebhook: try context.webhook(),
            of: group,
            project,
            by: context.actor(Self.remarks)
        )
        return Self.back(group, project, .redelivered)
    }

    private func enable(_ isEnabled: Bool, _ request: Request, _ context: GatewayContext) async throws -> Response {
        let (_, context) = try await gateway.signedForm(request, context)
        let (group, project) = try context.project()
        try context.caller.requireNamed(.submit, group: group, project: project)
        _ = try await gateway.operations.enableWebhook(
            try context.webhook(),
            of: group,
            project,
            isEnabled,
            by: context.actor(Self.remarks)
        )
        return Self.back(group, project, isEnabled ? .webhookEnabled : .webhookDisabled)
    }

    /// The secret is in the answer alone, so this is no redirect.
    private func rotate(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let (_, context) = try await gateway.signedForm(request, context)
        let (group, project) = try context.project()
        try context.caller.requireNamed(.submit, group: group, project: project)
        let rotated = try await gateway.operations.rotateSecret(
            ofWebhook: try context.webhook(),
            of: group,
            project,
            keepingFor: WebhookSecrets.keptSeconds,
            by: context.actor(Self.remarks)
        )
        let words =
            "The new secret of \(rotated.name) is \(rotated.secret). It is not shown again. "
            + "What signed before signs for another day."
        return try await page(request, context, group, project, notice: PageNotice(words))
    }

    private static let remarks = ["by": "dashboard"]

    private static func back(_ group: String, _ project: String, _ deed: PageDeed) -> Response {
        .seeOther("/projects/\(group)/\(project)/webhooks?done=\(deed.rawValue)")
    }
}
