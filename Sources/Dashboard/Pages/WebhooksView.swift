// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import FleetStore
package import Foundation

/// The webhooks of a project: what they have got, and what they have not taken.
package struct WebhooksView: PageContent {
    package static let template = "webhooks"
    package var title: String { "Webhooks of \(group)/\(project)" }
    package var refresh: Int? { 15 }

    /// How many deliveries in trouble it shows.
    package static let troubleLimit = 50

    struct Hook: Sendable {
        let name: String
        let receiver: String
        let events: String
        let about: String
        let badge: Badge
        let delivered: String
        let due: String
        let failed: String
        let why: String?
        let last: Moment?
        /// What its forms are posted to.
        let base: String
        /// Whether it can be changed here: one from the configuration can't.
        let canChange: Bool
        let isEnabled: Bool
        let hasFailed: Bool
    }

    struct Trouble: Sendable {
        let href: String
        let build: String
        let delivery: DeliveryRow
        let at: Moment?
    }

    let group: String
    let project: String
    let base: String
    let csrf: String
    let mayChange: Bool
    let mayRedeliver: Bool
    let mayAct: Bool
    let hooks: [Hook]
    let hasHooks: Bool
    let troubles: [Trouble]
    let hasTroubles: Bool

    package init(
        group: String,
        project: String,
        webhooks: [Webhook],
        troubles: [DeliveryTrouble],
        reader: PageReader,
        now: Date
    ) {
        self.group = PageText.line(group)
        self.project = PageText.line(project)
        let base = PageText.projectPath(group, project)
        self.base = base
        (csrf, mayChange, mayRedeliver) = (reader.csrf, reader.maySeal, reader.mayRedeliver)
        mayAct = reader.maySeal || reader.mayRedeliver
        hooks = webhooks.map { Self.hook($0, at: base, now: now) }
        hasHooks = !webhooks.isEmpty
        self.troubles = troubles.map { trouble in
            Trouble(
                href: "/jobsets/\(trouble.jobset.id.text)",
                build: PageText.line(trouble.jobset.version),
                delivery: DeliveryRow(trouble.delivery, tries: [], now: now),
                at: Moment(trouble.createdAt, now: now)
            )
        }
        hasTroubles = !troubles.isEmpty
    }

    private static func hook(_ webhook: Webhook, at base: String, now: Date) -> Hook {
        let signing = webhook.rotatedAt.map { "own secret since \(PageText.time($0))" }
        let origin = webhook.createdBy.map { "by \(PageText.line($0, limit: 100))" } ?? "by configuration"
        let about = [webhook.template.map { "template \(PageText.line($0))" }, signing, origin]
        return Hook(
            name: PageText.line(webhook.name),
            receiver: PageText.line(webhook.receiver, limit: 300),
            events: PageText.line(webhook.events.joined(separator: ", ")),
            about: about.compactMap(\.self).joined(separator: ", "),
            badge: Badge(webhook: webhook),
            delivered: PageText.number(webhook.delivered),
            due: PageText.number(webhook.due),
            failed: PageText.number(webhook.failed),
            why: webhook.lastError.map { PageText.line($0, limit: 300) },
            last: Moment(webhook.lastDeliveredAt, now: now),
            base: "\(base)/webhooks/\(PageText.path(webhook.name))",
            canChange: !webhook.isConfigured,
            isEnabled: webhook.isEnabled,
            hasFailed: webhook.failed > 0
        )
    }
}
