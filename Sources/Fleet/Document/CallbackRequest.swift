// SPDX-License-Identifier: Apache-2.0

/// What is to be called once the last job of a jobset has come back, or for other events of its life.
package struct CallbackRequest: Codable, Sendable, Hashable, CustomStringConvertible {
    /// An `http` or `https` URL.
    package var url: String
    /// Headers that the request carries besides Muster's own; they may hold tokens.
    package var headers: [String: String]
    /// What it is called for; `nil` stands for the end alone.
    package var events: [JobsetEvent]?
    /// How it is sent; `nil` stands for POST.
    package var method: CallbackMethod?
    /// The name of a ``BuiltInTemplate`` that makes its body.
    package var template: String?
    /// A template of the publisher's own that makes its body.
    package var body: String?
    /// A body that is sent as it is; it may hold tokens.
    package var payload: String?
    /// What ``body`` makes or ``payload`` is; `nil` stands for JSON.
    package var contentType: CallbackContentType?
    /// Values for the template; they may be tokens.
    package var parameters: [String: String]?
    /// The name of a secret of the configuration that it is signed with; `nil` stands for the usual one.
    package var secret: String?

    enum CodingKeys: String, CodingKey {
        case url, headers, events, method, template, body, payload, parameters, secret
        case contentType = "content_type"
    }

    /// A callback from its parts, unchecked.
    package init(url: String, headers: [String: String] = [:], events: [JobsetEvent]? = nil) {
        self.url = url
        self.headers = headers
        self.events = events
    }

    /// The template that makes its body, its own or a built-in; `nil` when none does.
    ///
    /// - Throws: ``BodyTemplate/Fault`` for a template that can't be read or is not there.
    package func bodyTemplate() throws(BodyTemplate.Fault) -> BodyTemplate? {
        if let body { return try BodyTemplate(body, contentType: contentType ?? .json) }
        guard let template else { return nil }
        guard let builtIn = BuiltInTemplate(rawValue: template) else {
            throw BodyTemplate.Fault(description: "there is no template \(template)")
        }
        return try BodyTemplate(builtIn.text, contentType: builtIn.contentType)
    }

    /// What its body is; `nil` for a request without one.
    package var bodyContentType: CallbackContentType? {
        guard method != .get else { return nil }
        return template.flatMap(BuiltInTemplate.init)?.contentType ?? contentType ?? .json
    }

    /// The URL up to its query, and how many headers there are: queries and headers may hold tokens.
    package var description: String { "\(url.prefix { $0 != "?" }) (\(headers.count) headers)" }
}
