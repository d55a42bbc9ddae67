// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetAssembly
import FleetOperations
import FleetStore
import Foundation
import Hummingbird

/// Who is called for every jobset of a project.
struct WebhookRoutes: Sendable {
    let gateway: GatewayParts

    func add(to api: APIGroup) {
        api.get("projects/{group}/{project}/webhooks", .listWebhooks, use: list)
        api.post("projects/{group}/{project}/webhooks", .setWebhook, use: set)
        api.delete("projects/{group}/{project}/webhooks/{webhook}", .removeWebhook, use: remove)
        api.patch("projects/{group}/{project}/webhooks/{webhook}", .changeWebhook, use: change)
        api.post("projects/{group}/{project}/webhooks/{webhook}/rotate", .rotateWebhookSecret, use: rotate)
        api.post("projects/{group}/{project}/webhooks/{webhook}/redeliver", .redeliverWebhook, use: redeliver)
    }

    private func list(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try QueryReader(request).finish()
        let (group, project) = try context.project()
        try context.caller.requireRead(group: group, project: project)
        return try await Page(whole: gateway.store.webhooks(of: group, project)).response(for: request, in: context)
    }

    private func set(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let (group, project) = try context.project()
        try context.caller.requireNamed(.submit, group: group, project: project)
        var body = try ActionBody(try await gateway.actionBytes(request, context))
        let wish = WebhookWish(&body)
        for fault in wish.faults(gateway.configuration.webhookRules, group: group, project: project) {
            body.fault(String(fault.pointer.dropFirst()), fault.reason)
        }
        try body.finish()
        return try .json(try await gateway.operations.putWebhook(wish, of: group, project, by: context.actor()))
    }

    private func remove(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let (group, project) = try context.project()
        try context.caller.requireNamed(.submit, group: group, project: project)
        try ActionBody(try await gateway.actionBytes(request, context)).finish()
        let name = try context.webhook()
        return try .json(try await gateway.operations.removeWebhook(name, of: group, project, by: context.actor()))
    }

    private func change(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let (group, project) = try context.project()
        try context.caller.requireNamed(.submit, group: group, project: project)
        let name = try context.webhook()
        var body = try ActionBody(try await gateway.actionBytes(request, context))
        let isEnabled = body.requiredFlag("enabled")
        try body.finish()
        return try .json(
            try await gateway.operations.enableWebhook(name, of: group, project, isEnabled, by: context.actor())
        )
    }

    private func rotate(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let (group, project) = try context.project()
        try context.caller.requireNamed(.submit, group: group, project: project)
        let name = try context.webhook()
        var body = try ActionBody(try await gateway.actionBytes(request, context))
        let seconds = body.integer("previous_seconds", WebhookSecrets.keptRange) ?? WebhookSecrets.keptSeconds
        try body.finish()
        return try .json(
            try await gateway.operations.rotateSecret(
                ofWebhook: name,
                of: group,
                project,
                keepingFor: seconds,
                by: context.actor()
            )
        )
    }

    private func redeliver(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let (group, project) = try context.project()
        try context.caller.requireNamed(.redeliver, group: group, project: project)
        try ActionBody(try await gateway.actionBytes(request, context)).finish()
        let deliveries = try await gateway.operations.redeliverFailed(
            toWebhook: try context.webhook(),
            of: group,
            project,
            by: context.actor()
        )
        return try .json(Page(whole: deliveries.map(RepeatedDelivery.init)), status: .accepted)
    }
}

extension GatewayContext {
    /// The webhook that the address names.
    ///
    /// - Throws: ``Refusal`` for what can be no name.
    func webhook() throws(Refusal) -> String {
        guard let name = parameters.get("webhook")?.removingPercentEncoding, Slug.isValid(name) else {
            throw caller.notFound
        }
        return name
    }
}

extension WebhookWish {
    /// One as it was sent. What can't be read is a fault of the body's.
    fileprivate init(_ body: inout ActionBody) {
        let progress = WebhookProgress()
        self.init(
            name: body.text("name", maximumLength: Self.maximumName) ?? "",
            url: body.text("url", maximumLength: WebhookURL.maximumBytes) ?? "",
            events: body.texts("events", atMost: JobsetEvent.ofWebhooks.count) ?? [JobsetEvent.finished.rawValue],
            template: body.text("template"),
            parameters: body.textMembers("parameters") ?? [:],
            secret: body.text("secret"),
            isEnabled: body.flag("enabled", default: true),
            progress: WebhookProgress(
                seconds: body.integer("progress_interval_seconds", WebhookProgress.secondsRange) ?? progress.seconds,
                percent: body.integer("progress_percent", WebhookProgress.percentRange) ?? progress.percent
            )
        )
    }
}

extension APIOperation {
    fileprivate static let listWebhooks = APIOperation(
        id: "listWebhooks",
        summary: "The webhooks of a project, with the results of their deliveries of the last week",
        answers: page("Webhook"),
        refusals: [403]
    )

    fileprivate static let setWebhook = APIOperation(
        id: "setWebhook",
        summary: "Add a webhook, or replace the one of this name; not one of the configuration",
        body: ["application/json": schema("WebhookRequest")],
        isBodyRequired: true,
        answers: ["200": json("The webhook", schema("Webhook"))],
        refusals: [403, 409]
    )

    fileprivate static let removeWebhook = APIOperation(
        id: "removeWebhook",
        summary: "Remove a webhook; what is still to be delivered to it is given up",
        answers: ["200": json("The webhook is removed", schema("Webhook"))],
        refusals: [403, 409]
    )

    fileprivate static let changeWebhook = APIOperation(
        id: "changeWebhook",
        summary: "Call a webhook, or do not; not one of the configuration",
        body: ["application/json": schema("WebhookChange")],
        isBodyRequired: true,
        answers: ["200": json("The webhook", schema("Webhook"))],
        refusals: [403, 409]
    )

    fileprivate static let rotateWebhookSecret = APIOperation(
        id: "rotateWebhookSecret",
        summary: "Sign the calls of a webhook with a new secret, and for some time also with the one before",
        body: ["application/json": schema("SecretRotation")],
        answers: ["200": json("The secret, which is shown only here", schema("RotatedSecret"))],
        refusals: [403, 409]
    )

    fileprivate static let redeliverWebhook = APIOperation(
        id: "redeliverWebhook",
        summary: "Repeat what a webhook has not taken within the last week",
        body: ["application/json": schema("Nothing")],
        answers: ["202": json("The repeated deliveries", list("Redelivered"))],
        refusals: [403]
    )
}
