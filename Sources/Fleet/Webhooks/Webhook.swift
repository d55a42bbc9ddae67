// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// A receiver that is called for every jobset of a project, and how that goes.
package struct Webhook: Sendable, Codable, Equatable {
    package var name: String
    /// Scheme, host and port: the rest of its URL may hold a token.
    package var receiver: String
    /// What it is called for; in words, for a later version may know more of them.
    package var events: [String]
    package var isEnabled: Bool
    /// Whether it comes from the configuration, which also says the rest.
    package var isConfigured: Bool
    /// What makes its body; `nil`: the usual one, or the configuration says it.
    package var template: String?
    /// The section of `callback.secrets` that signs; `nil`: the usual secret, or the configuration says it.
    package var secret: String?
    /// When it got the secret of its own that it signs with; `nil`: it has none.
    package var rotatedAt: Date?
    /// The shortest time between two events of progress.
    package var progressIntervalSeconds: Int
    /// By how many percent of the jobs the share that has ended grows between them, at least.
    package var progressPercent: Int
    /// Who added it; `nil` for one from the configuration.
    package var createdBy: String?
    package var createdAt: Date?
    /// How many deliveries of the last week it has taken.
    package var delivered: Int
    /// How many of them are still to be taken.
    package var due: Int
    /// How many of them were given up.
    package var failed: Int
    package var lastDeliveredAt: Date?
    /// What the latest of those failed with that it has not taken.
    package var lastError: String?
}

/// A webhook as somebody states it for a project.
package struct WebhookWish: Sendable, Hashable {
    package var name: String
    package var url: String
    /// Words, as they were given.
    package var events: [String]
    package var template: String?
    package var parameters: [String: String]
    package var secret: String?
    package var isEnabled: Bool
    package var progress: WebhookProgress

    package init(
        name: String,
        url: String,
        events: [String] = [JobsetEvent.finished.rawValue],
        template: String? = nil,
        parameters: [String: String] = [:],
        secret: String? = nil,
        isEnabled: Bool = true,
        progress: WebhookProgress = WebhookProgress()
    ) {
        self.name = name
        self.url = url
        self.events = events
        self.template = template
        self.parameters = parameters
        self.secret = secret
        self.isEnabled = isEnabled
        self.progress = progress
    }

    /// The longest name, in characters.
    package static let maximumName = 63

    /// What a project's webhooks can name.
    package struct Rules: Sendable {
        /// The sections of `callback.secrets`, and the projects that can name them.
        let secrets: [String: [ProjectScope]]
        let addresses: AddressPolicy

        package init(secrets: [String: [ProjectScope]], addresses: AddressPolicy) {
            self.secrets = secrets
            self.addresses = addresses
        }

        fileprivate func allow(_ secret: String, group: String, project: String) -> Bool {
            secrets[secret]?.contains { $0.covers(group: group, project: project) } ?? false
        }
    }

    /// How it is called.
    package var request: WebhookRequest {
        WebhookRequest(url: url, template: template, parameters: parameters, secret: secret)
    }

    /// What it is called for.
    package var terms: WebhookTerms {
        WebhookTerms(
            events: JobsetEvent.ofWebhooks.filter { events.contains($0.rawValue) },
            isEnabled: isEnabled,
            progress: progress
        )
    }

    /// What is wrong with it that shows without the fleet's configuration; none if nothing is. A URL may hold a token, so
    /// it is not repeated.
    package var faults: [Fault] {
        var faults: [Fault] = []
        if !Slug.isValid(name) || name.utf8.count > Self.maximumName {
            faults.append(
                Fault(
                    pointer: "/name",
                    reason: "must be letters, digits, \"_\", \".\" and \"-\", at most \(Self.maximumName) of them"
                )
            )
        }
        if let complaint = WebhookURL.complaint(about: url) {
            faults.append(Fault(pointer: "/url", reason: complaint))
        }
        let known = JobsetEvent.ofWebhooks.map(\.rawValue)
        if events.isEmpty || !events.allSatisfy(known.contains) {
            faults.append(Fault(pointer: "/events", reason: "must be some of \(known.joined(separator: ", "))"))
        }
        if let template, !BuiltInTemplates.withoutSecrets.contains(where: { $0.name == template }) {
            let known = BuiltInTemplates.withoutSecrets.map(\.name).joined(separator: ", ")
            let reason = "must be one of \(known); one that needs a token must be in the configuration"
            faults.append(Fault(pointer: "/template", reason: reason))
        } else {
            faults += request.templateFaults
        }
        return faults
    }

    /// What is wrong with it for a project of a fleet.
    package func faults(_ rules: Rules, group: String, project: String) -> [Fault] {
        var faults = self.faults
        if let sample = (try? WebhookURL(url))?.sample, let complaint = rules.addresses.complaint(about: sample) {
            faults.append(Fault(pointer: "/url", reason: complaint))
        }
        // What was meant to be a secret's name may be a secret.
        if let secret, !rules.allow(secret, group: group, project: project) {
            faults.append(
                Fault(pointer: "/secret", reason: "is not the name of a secret that the project can sign with")
            )
        }
        return faults
    }
}
