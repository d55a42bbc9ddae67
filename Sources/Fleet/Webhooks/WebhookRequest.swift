// SPDX-License-Identifier: Apache-2.0

/// How a project's webhook is called.
package struct WebhookRequest: Codable, Sendable, Hashable {
    /// As ``WebhookURL`` reads it; it may hold a token.
    package var url: String
    /// Headers besides Muster's own; they may hold tokens.
    package var headers: [String: String]
    /// What makes the body; `nil`: the usual one.
    package var template: String?
    /// The name of a secret of the configuration that it is signed with; `nil` stands for the usual one.
    package var secret: String?

    package init(
        url: String,
        headers: [String: String] = [:],
        template: BuiltInTemplate? = nil,
        secret: String? = nil
    ) {
        self.url = url
        self.headers = headers
        self.template = template?.rawValue
        self.secret = secret
    }

    /// The templates that need no parameters.
    package static let templates = BuiltInTemplate.allCases.filter(\.requiredParameters.isEmpty)

    /// The call for one jobset.
    ///
    /// - Parameters:
    ///   - labels: The jobset's.
    ///   - page: Where the jobset is shown.
    /// - Throws: as ``WebhookURL/filled(with:)``.
    package func callback(labels: [String: String], page: String?) throws -> CallbackRequest {
        var callback = CallbackRequest(url: try WebhookURL(url).filled(with: labels), headers: headers)
        callback.template = template
        callback.secret = secret
        if template != nil, let page { callback.parameters = ["target_url": page] }
        return callback
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
