// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetRuntime
import FleetStore

/// How the webhooks of projects are called: as somebody has added them, or as the configuration has them.
struct ProjectWebhooks: Sendable {
    /// By `group/project` and name.
    private let configured: [String: [String: WebhookRequest]]
    /// `gateway.public_url`.
    private let publicURL: String?

    /// A webhook that can't be called for a jobset, now or ever.
    struct Refusal: Error, CustomStringConvertible {
        let description: String
    }

    /// This notifier has another configuration than the one that knew the webhook: the delivery waits for one that has it.
    struct NotConfigured: Error, CustomStringConvertible {
        let name: String
        let project: String
        var description: String { "the configuration of this notifier has no webhook \(name) of \(project)" }
    }

    init(_ configuration: FleetConfiguration) {
        configured = configuration.projects.mapValues { project in
            Dictionary(project.webhooks.map { ($0.name, $0.request) }) { first, _ in first }
        }
        publicURL = configuration.gateway.publicURL
    }

    /// The call that a delivery makes.
    func callback(_ webhook: DueWebhook, of delivery: DueDelivery) throws -> CallbackRequest {
        guard webhook.isKnown else { throw Refusal(description: "the project has no webhook \(webhook.name) any more") }
        guard let request = webhook.request ?? configured[webhook.project]?[webhook.name] else {
            throw NotConfigured(name: webhook.name, project: webhook.project)
        }
        // Of a commit's states the last one counts: a late "pending" would hide how the build went, and so would the end of
        // an earlier generation. Only what was never tried is sure to come before the end, which waits for it.
        if request.template.flatMap(BuiltInTemplates.named)?.isState ?? false {
            if delivery.isOutdated { throw Refusal(description: "the jobset was re-run meanwhile") }
            if delivery.hasEnded, delivery.tries > 0, delivery.event != .finished {
                throw Refusal(description: "the jobset has ended meanwhile")
            }
        }
        return try callback(request, webhook, of: delivery)
    }

    /// What makes the body of a delivery, whatever the configuration of this notifier has; `nil`: nobody has said it.
    func bodyRequest(_ webhook: DueWebhook, of delivery: DueDelivery) throws -> CallbackRequest? {
        try webhook.shape.map { try callback($0, webhook, of: delivery) }
    }

    private func callback(
        _ request: WebhookRequest,
        _ webhook: DueWebhook,
        of delivery: DueDelivery
    ) throws -> CallbackRequest {
        do {
            let page = publicURL.map { JobsetPage.address(of: delivery.jobsetID, at: $0) }
            let id = DeliveryMaker.webhookID(of: delivery)
            var callback = try request.callback(labels: webhook.labels, page: page, delivery: id)
            for name in callback.secretParameters { callback.parameters?[name] = Self.standIn(for: name, in: id) }
            return callback
        } catch let missing as WebhookURL.MissingLabel {
            throw Refusal(description: missing.description)
        } catch let fault as CallbackURL.Fault {
            throw Refusal(description: "its URL \(fault)")
        }
    }

    /// A body with the tokens of the configuration in the places that are kept for them. The body is stored, and tokens are
    /// not.
    func revealed(_ body: String, _ callback: CallbackRequest, of delivery: DueDelivery) -> String {
        guard let webhook = delivery.webhook, let request = configured[webhook.project]?[webhook.name],
            let builtIn = callback.builtIn
        else { return body }
        let id = DeliveryMaker.webhookID(of: delivery)
        return callback.secretParameters.reduce(body) { body, name in
            guard let token = request.parameters?[name] else { return body }
            return body.replacing(Self.standIn(for: name, in: id), with: builtIn.escaped(token))
        }
    }

    /// Nobody knows a delivery's id before there is one, so no name in a report looks like this.
    private static func standIn(for parameter: String, in delivery: String) -> String {
        "\(delivery)-\(parameter)"
    }
}
