// SPDX-License-Identifier: Apache-2.0

package import Fleet

extension FleetConfiguration {
    /// A receiver of a project's events: section `projects."<group>/<project>".webhooks.<name>`.
    struct WebhookSection: ConfigurationSection {
        @Key(
            "url",
            required: .secretURL("http", "https"),
            "URL to call; {labels.NAME} stands for a label of the jobset, {delivery} for the delivery"
        )
        private var url: Secret

        @Key(
            "events",
            .webhookEvents,
            default: [.finished],
            "events to call it for"
        )
        private var events: [JobsetEvent]

        @Key("enabled", .flag, default: true, "whether it is called")
        private var isEnabled: Bool

        @Key("template", .webhookTemplate, "the built-in template for the body; default: the usual body (callback.md)")
        private var template: String?

        @Key(
            "parameters",
            .templateParameters,
            default: [],
            "values for the template (webhooks.md); {labels.NAME} stands for a label of the jobset"
        )
        private var parameters: [String]

        @Key("token", .secret, "the token that a template sends in the body, such as that of gitlab-pipeline")
        private var token: Secret?

        @Key("authorization", .secret, "the header `Authorization` of each call, such as `Bearer …`")
        private var authorization: Secret?

        @Key("secret", .name, "name of the callback.secrets to sign with; default: callback.secret and the like")
        private var secret: String?

        @Key(
            "progress_interval_seconds",
            .integer(WebhookProgress.secondsRange),
            default: 600,
            "minimum time between two events of progress of a jobset"
        )
        private var progressInterval: Int

        @Key(
            "progress_percent",
            .integer(WebhookProgress.percentRange),
            default: 10,
            "minimum growth of the share of jobs that have ended, in percent, between two events of progress"
        )
        private var progressPercent: Int

        func webhook(_ name: String, of project: String) -> ConfiguredWebhook? {
            guard case .project(let group, let project) = ProjectScope(project) else { return nil }
            return ConfiguredWebhook(
                group: group,
                project: project,
                name: name,
                terms: WebhookTerms(
                    events: JobsetEvent.ofWebhooks.filter(events.contains),
                    isEnabled: isEnabled,
                    progress: WebhookProgress(seconds: progressInterval, percent: progressPercent)
                ),
                request: request
            )
        }

        private var request: WebhookRequest {
            var values = Dictionary(parameters.compactMap(TemplateParameterValue.init).map { ($0.name, $0.value) }) {
                $1
            }
            if let token { values["token"] = token.reveal }
            return WebhookRequest(
                url: url.reveal,
                headers: authorization.map { ["authorization": $0.reveal] } ?? [:],
                template: template,
                parameters: values,
                secret: secret
            )
        }

        var conflicts: [ConfigurationFault] {
            if let complaint = WebhookURL.complaint(about: url.reveal) { return [$url.fault(complaint)] }
            return request.templateFaults.map { fault in
                switch fault.pointer {
                case "/url": $url.fault(fault.reason)
                case "/template": $template.fault(fault.reason)
                case "/parameters/token": $token.fault(fault.reason)
                default:
                    $parameters.fault("\(fault.pointer.dropFirst("/parameters/".count)) \(fault.reason)")
                }
            }
        }

        /// What is wrong with the secret that it names, seen from the project.
        func fault(of secrets: FleetConfiguration.Callback, for project: String) -> [ConfigurationFault] {
            guard let secret else { return [] }
            guard let scopes = secrets.secretProjects[secret] else {
                return [$secret.fault("is not the name of a section of callback.secrets")]
            }
            let parts = project.split(separator: "/").map(String.init)
            let isAllowed = parts.count == 2 && scopes.contains { $0.covers(group: parts[0], project: parts[1]) }
            return $secret.fault("must have the project in callback.secrets.\(secret).projects", if: !isAllowed)
        }
    }

    /// The webhooks of all projects.
    package var webhooks: [ConfiguredWebhook] {
        projects.sorted { $0.key < $1.key }.flatMap(\.value.webhooks)
    }
}

extension ConfigurationKind where Value == [JobsetEvent] {
    /// Events that a webhook can choose.
    fileprivate static var webhookEvents: Self {
        let words = JobsetEvent.ofWebhooks.map(\.rawValue).joined(separator: ", ")
        let one = ConfigurationKind<JobsetEvent>(
            words,
            write: \.rawValue,
            make: { text in JobsetEvent.ofWebhooks.first { $0.rawValue == text } },
            otherwise: "must be one of \(words)"
        )
        return Self("list of \(words)", of: one)
    }
}

extension ConfigurationKind where Value == String {
    /// A built-in template that a webhook can use.
    fileprivate static var webhookTemplate: Self {
        let words = BuiltInTemplates.all.map(\.name).joined(separator: ", ")
        return Self(words) { text in BuiltInTemplates.named(text) != nil ? nil : "must be one of \(words)" }
    }
}

extension ConfigurationKind where Value == [String] {
    /// Values for a template, each with its name.
    fileprivate static var templateParameters: Self {
        Self(
            "list of name=value",
            of: ConfigurationKind<String>("name=value") { text in
                guard let value = TemplateParameterValue(text) else { return "must be name=value" }
                return value.name == "token" ? "must not be a token: that has a key of its own" : nil
            }
        )
    }
}
