// SPDX-License-Identifier: Apache-2.0

package import Fleet
import FleetStore
package import Foundation

/// Who is called for every jobset of a project.
extension FleetOperations {
    /// Adds a webhook to a project, or changes one that was added.
    ///
    /// - Throws: `FleetRefusal`.
    package func putWebhook(
        _ wish: WebhookWish,
        of group: String,
        _ project: String,
        by actor: Actor
    ) async throws -> Webhook {
        try await note(
            "set webhook",
            group: group,
            project: project,
            jobset: nil,
            // Path and query may hold a token.
            detail: [
                "webhook": wish.name, "receiver": try? WebhookURL(wish.url).origin,
                "events": wish.events.joined(separator: ", "), "enabled": "\(wish.isEnabled)",
            ],
            by: actor
        )
        return try await store.putWebhook(wish, of: group, project, by: actor.name)
    }

    /// Removes a webhook of a project.
    ///
    /// - Throws: `FleetRefusal`.
    package func removeWebhook(
        _ name: String,
        of group: String,
        _ project: String,
        by actor: Actor
    ) async throws -> Webhook {
        try await note(
            "remove webhook",
            group: group,
            project: project,
            jobset: nil,
            detail: ["webhook": name],
            by: actor
        )
        return try await store.removeWebhook(name, of: group, project)
    }

    /// Has a webhook of a project called or not.
    ///
    /// - Throws: `FleetRefusal`.
    package func enableWebhook(
        _ name: String,
        of group: String,
        _ project: String,
        _ isEnabled: Bool,
        by actor: Actor
    ) async throws -> Webhook {
        try await note(
            isEnabled ? "enable webhook" : "disable webhook",
            group: group,
            project: project,
            jobset: nil,
            detail: ["webhook": name],
            by: actor
        )
        return try await store.enableWebhook(name, of: group, project, isEnabled)
    }

    /// Gives a webhook of a project a secret of its own. What signed before does so for some more time.
    ///
    /// - Throws: `FleetRefusal`.
    package func rotateSecret(
        ofWebhook name: String,
        of group: String,
        _ project: String,
        keepingFor seconds: Int,
        by actor: Actor
    ) async throws -> RotatedSecret {
        try await note(
            "rotate webhook secret",
            group: group,
            project: project,
            jobset: nil,
            detail: ["webhook": name, "previous_seconds": "\(seconds)"],
            by: actor
        )
        return try await store.rotateSecret(ofWebhook: name, of: group, project, keepingFor: seconds)
    }

    /// Repeats what a webhook has not taken within the last week.
    ///
    /// - Throws: `FleetRefusal`.
    package func redeliverFailed(
        toWebhook name: String,
        of group: String,
        _ project: String,
        by actor: Actor
    ) async throws -> [UUID] {
        try await note(
            "redeliver",
            group: group,
            project: project,
            jobset: nil,
            detail: ["webhook": name],
            by: actor
        )
        return try await store.redeliverFailed(toWebhook: name, of: group, project)
    }
}
