// SPDX-License-Identifier: Apache-2.0

/// How a project's webhook is called.
package struct WebhookRequest: Codable, Sendable, Hashable {
    /// As ``WebhookURL`` reads it; it may hold a token.
    package var url: String
    /// Headers besides Muster's own; they may hold tokens.
    package var headers: [String: String]
    /// What makes the body; `nil`: the usual one.
    package var template: String?
    /// Values for the template, in which labels of the jobset can stand as in the URL; they may be tokens.
    package var parameters: [String: String]?
    /// The name of a secret of the configuration that it is signed with; `nil` stands for the usual one.
    package var secret: String?

    package init(
        url: String,
        headers: [String: String] = [:],
        template: String? = nil,
        parameters: [String: String] = [:],
        secret: String? = nil
    ) {
        self.url = url
        self.headers = headers
        self.template = template
        self.parameters = parameters.isEmpty ? nil : parameters
        self.secret = secret
    }

    /// What of it makes a body, without its URL and tokens; of a secret parameter it is known that there is one.
    package var shape: WebhookRequest {
        let builtIn = template.flatMap(BuiltInTemplates.named)
        let secrets = (builtIn?.parameters ?? []).filter(\.isSecret).map(\.name)
        let shown = (parameters ?? [:]).map { ($0.key, secrets.contains($0.key) ? "" : $0.value) }
        return WebhookRequest(
            url: "https://unknown.invalid/",
            template: template,
            parameters: Dictionary(shown) { $1 }
        )
    }

    /// The longest value of a parameter, in bytes.
    package static let maximumParameterBytes = 1_000

    /// The call of one delivery.
    ///
    /// - Parameters:
    ///   - labels: The jobset's.
    ///   - page: Where the jobset is shown.
    ///   - delivery: The delivery's id.
    /// - Throws: as ``WebhookURL/filled(with:delivery:)``.
    package func callback(labels: [String: String], page: String?, delivery: String) throws -> CallbackRequest {
        let url = try WebhookURL(url).filled(with: labels, delivery: delivery)
        var callback = CallbackRequest(url: url, headers: headers)
        callback.template = template
        callback.secret = secret
        guard template != nil else { return callback }
        var values = try (parameters ?? [:]).mapValues { text throws(WebhookURL.MissingLabel) in
            try WebhookURL.filled(text, with: labels, delivery: delivery, in: "template")
        }
        if let page, values[TemplateParameter.page] == nil { values[TemplateParameter.page] = page }
        callback.parameters = values.isEmpty ? nil : values
        return callback
    }

    /// What is wrong with its template and what that needs; none if nothing is. No value is repeated.
    package var templateFaults: [Fault] {
        let given = parameters ?? [:]
        guard let template else {
            return given.isEmpty ? [] : [Fault(pointer: "/parameters", reason: "are only for a template")]
        }
        guard let builtIn = BuiltInTemplates.named(template) else {
            let known = BuiltInTemplates.all.map(\.name).joined(separator: ", ")
            return [Fault(pointer: "/template", reason: "must be one of \(known)")]
        }
        let known = builtIn.parameters.map(\.name)
        let listed = known.isEmpty ? "it has none" : "it has \(known.joined(separator: ", "))"
        let strangers = given.keys.filter { !known.contains($0) }.sorted().map { name in
            Fault(pointer: "/parameters/\(name)", reason: "is not a parameter of \(template): \(listed)")
        }
        let long = given.filter { $0.value.utf8.count > Self.maximumParameterBytes || $0.value.isEmpty }.keys.sorted()
            .map { Fault(pointer: "/parameters/\($0)", reason: "must have 1 to \(Self.maximumParameterBytes) bytes") }
        let missing = builtIn.requiredParameters.filter { given[$0] == nil }.map { name in
            Fault(pointer: "/parameters/\(name)", reason: "is missing: the template \(template) needs it")
        }
        let repeated = Fault(
            pointer: "/url",
            reason: "must have \(WebhookURL.delivery), by which \(template) knows a repeated delivery"
        )
        let needsDelivery = builtIn.needsDelivery && !url.contains(WebhookURL.delivery)
        return strangers + long + missing + (needsDelivery ? [repeated] : [])
    }
}

/// When a webhook is told of progress.
package struct WebhookProgress: Sendable, Hashable {
    /// The shortest time between two such events, in seconds.
    package var seconds: Int
    /// By how many percent of a jobset's jobs the share that has ended grows between two of them, at least.
    package var percent: Int

    package init(seconds: Int = 600, percent: Int = 10) {
        self.seconds = seconds
        self.percent = percent
    }

    /// What ``seconds`` may be.
    package static let secondsRange = 1...86_400
    /// What ``percent`` may be.
    package static let percentRange = 1...100
}

/// What a project's webhook is called for.
package struct WebhookTerms: Sendable, Hashable {
    package var events: [JobsetEvent]
    package var isEnabled: Bool
    package var progress: WebhookProgress

    package init(
        events: [JobsetEvent] = [.finished],
        isEnabled: Bool = true,
        progress: WebhookProgress = WebhookProgress()
    ) {
        self.events = events
        self.isEnabled = isEnabled
        self.progress = progress
    }
}

/// A webhook of the configuration.
package struct ConfiguredWebhook: Sendable, Hashable {
    /// The project that it belongs to.
    package let group: String
    package let project: String
    package let name: String
    package let terms: WebhookTerms
    package let request: WebhookRequest

    package init(group: String, project: String, name: String, terms: WebhookTerms, request: WebhookRequest) {
        self.group = group
        self.project = project
        self.name = name
        self.terms = terms
        self.request = request
    }

    /// Scheme, host and port.
    package var receiver: String { (try? WebhookURL(request.url))?.origin ?? "" }
}
