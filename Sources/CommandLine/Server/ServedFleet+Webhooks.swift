// SPDX-License-Identifier: Apache-2.0

import Fleet
import NIOHTTP1

extension ServedFleet {
    private struct Statement: Encodable {
        let name, url: String
        let events: [String]
        let template, secret: String?
        let parameters: [String: String]?
        let enabled: Bool
        let progressIntervalSeconds, progressPercent: Int

        enum CodingKeys: String, CodingKey {
            case name, url, events, template, parameters, secret, enabled
            case progressIntervalSeconds = "progress_interval_seconds"
            case progressPercent = "progress_percent"
        }
    }

    private struct Redelivered: Decodable {
        let items: [RepeatedDelivery]
    }

    func webhooks(of project: ProjectName) async throws -> [Webhook] {
        try await client.list(Webhook.self, ["projects", project.group, project.project, "webhooks"])
    }

    func setWebhook(_ wish: WebhookWish, of project: ProjectName) async throws -> Webhook {
        let body = Statement(
            name: wish.name,
            url: wish.url,
            events: wish.events,
            template: wish.template,
            secret: wish.secret,
            parameters: wish.parameters.isEmpty ? nil : wish.parameters,
            enabled: wish.isEnabled,
            progressIntervalSeconds: wish.progress.seconds,
            progressPercent: wish.progress.percent
        )
        let request = try ServerRequest(
            .POST,
            "projects",
            project.group,
            project.project,
            "webhooks",
            body: body,
            isRepeatable: true
        )
        return try await client.ask(Webhook.self, request)
    }

    func removeWebhook(_ name: String, of project: ProjectName) async throws -> Webhook {
        let request = try ServerRequest(
            .DELETE,
            "projects",
            project.group,
            project.project,
            "webhooks",
            name,
            isRepeatable: false
        )
        return try await client.ask(Webhook.self, request)
    }

    private struct Change: Encodable {
        let enabled: Bool
    }

    private struct Rotation: Encodable {
        let previousSeconds: Int

        enum CodingKeys: String, CodingKey { case previousSeconds = "previous_seconds" }
    }

    func enableWebhook(_ name: String, of project: ProjectName, _ isEnabled: Bool) async throws -> Webhook {
        let request = try ServerRequest(
            .PATCH,
            "projects",
            project.group,
            project.project,
            "webhooks",
            name,
            body: Change(enabled: isEnabled),
            isRepeatable: true
        )
        return try await client.ask(Webhook.self, request)
    }

    func rotateSecret(
        ofWebhook name: String,
        of project: ProjectName,
        keepingFor seconds: Int
    ) async throws -> RotatedSecret {
        let request = try ServerRequest(
            .POST,
            "projects",
            project.group,
            project.project,
            "webhooks",
            name,
            "rotate",
            body: Rotation(previousSeconds: seconds),
            isRepeatable: false
        )
        return try await client.ask(RotatedSecret.self, request)
    }

    func redeliverFailed(toWebhook name: String, of project: ProjectName) async throws -> [RepeatedDelivery] {
        let request = try ServerRequest(
            .POST,
            "projects",
            project.group,
            project.project,
            "webhooks",
            name,
            "redeliver",
            isRepeatable: false
        )
        return try await client.ask(Redelivered.self, request).items
    }
}
