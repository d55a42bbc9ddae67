// SPDX-License-Identifier: Apache-2.0

/// What is to be called once the last job of a jobset has come back, or for other events of its life.
public struct CallbackRequest: Codable, Sendable, Hashable, CustomStringConvertible {
    /// An `http` or `https` URL.
    public var url: String
    /// Headers that the request carries besides Muster's own; they may hold tokens.
    public var headers: [String: String]
    /// What it is called for; `nil` stands for the end alone.
    public var events: [JobsetEvent]?
    /// How it is sent; `nil` stands for POST.
    public var method: CallbackMethod?
    /// The name of a ``BuiltInTemplate`` that makes its body.
    public var template: String?
    /// A template of the publisher's own that makes its body.
    public var body: String?
    /// A body that is sent as it is; it may hold tokens.
    public var payload: String?
    /// What ``body`` makes or ``payload`` is; `nil` stands for JSON.
    public var contentType: CallbackContentType?
    /// Values for the template; they may be tokens.
    public var parameters: [String: String]?
    /// The name of a secret of the configuration that it is signed with; `nil` stands for the usual one.
    public var secret: String?

    enum CodingKeys: String, CodingKey {
        case url, headers, events, method, template, body, payload, parameters, secret
        case contentType = "content_type"
    }

    /// A callback from its parts, unchecked.
    public init(url: String, headers: [String: String] = [:], events: [JobsetEvent]? = nil) {
        self.url = url
        self.headers = headers
        self.events = events
    }

    /// The template that makes its body, its own or a built-in; `nil` when none does.
    ///
    /// - Throws: ``BodyTemplate/Fault`` for a template that can't be read or is not there.
    public func bodyTemplate() throws(BodyTemplate.Fault) -> BodyTemplate? {
        if let body { return try BodyTemplate(body, contentType: contentType ?? .json) }
        guard let template else { return nil }
        guard let builtIn = BuiltInTemplate(rawValue: template) else {
            throw BodyTemplate.Fault(description: "there is no template \(template)")
        }
        return try BodyTemplate(builtIn.text, contentType: builtIn.contentType)
    }

    /// What its body is; `nil` for a request without one.
    public var bodyContentType: CallbackContentType? {
        guard method != .get else { return nil }
        return template.flatMap(BuiltInTemplate.init)?.contentType ?? contentType ?? .json
    }

    /// The URL up to its query, and how many headers there are: queries and headers may hold tokens.
    public var description: String { "\(url.prefix { $0 != "?" }) (\(headers.count) headers)" }
}
