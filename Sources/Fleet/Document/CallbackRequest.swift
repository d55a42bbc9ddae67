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
    /// The name of one of ``BuiltInTemplates`` that makes its body.
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

    /// What makes its body, its own or a built-in; `nil` when nothing does.
    ///
    /// - Throws: ``BodyTemplate/Fault`` for a template that can't be read or is not there.
    package func bodyMaker() throws(BodyTemplate.Fault) -> (any BodyMaker)? {
        if let body { return try BodyTemplate(body, contentType: contentType ?? .json) }
        guard let template else { return nil }
        guard let builtIn else { throw BodyTemplate.Fault(description: "there is no template \(template)") }
        return builtIn
    }

    /// The built-in template that it names, if there is one.
    package var builtIn: (any BuiltInTemplate)? { template.flatMap(BuiltInTemplates.named) }

    /// How it is sent.
    package var effectiveMethod: CallbackMethod { method ?? builtIn?.method ?? .post }

    /// All headers that it states: its own, and what its template asks for besides.
    package var allHeaders: [String: String] {
        let own = Set(headers.keys.map { $0.lowercased() })
        return (builtIn?.headers ?? [:]).filter { !own.contains($0.key) }.merging(headers) { _, own in own }
    }

    /// The parameters that it has and that are tokens by its template.
    package var secretParameters: [String] {
        (builtIn?.parameters ?? []).filter(\.isSecret).map(\.name).filter { parameters?[$0] != nil }
    }

    /// What its body is; `nil` for a request without one.
    package var bodyContentType: CallbackContentType? {
        guard method != .get else { return nil }
        return builtIn?.contentType ?? contentType ?? .json
    }

    /// The values for its template: its own, what stands for those that it does not give, and the delivery's id.
    ///
    /// - Throws: ``WebhookURL/MissingLabel`` when a label would stand for one, and the jobset has none.
    package func allParameters(
        labels: [String: String],
        delivery: String
    ) throws(WebhookURL.MissingLabel) -> [String: String] {
        var all = parameters ?? [:]
        guard let builtIn else { return all }
        all[TemplateParameter.delivery] = delivery
        for parameter in builtIn.parameters where all[parameter.name] == nil {
            switch parameter.fallback {
            case .nothing, .refusal: continue
            case .text(let text): all[parameter.name] = text
            case .label(let label):
                guard let value = labels[label], !value.isEmpty else { throw WebhookURL.MissingLabel(name: label) }
                all[parameter.name] = value
            }
        }
        return all
    }

    /// The URL up to its query, and how many headers there are: queries and headers may hold tokens.
    package var description: String { "\(url.prefix { $0 != "?" }) (\(headers.count) headers)" }
}

/// How a callback is sent.
package enum CallbackMethod: String, Sendable, Codable, CaseIterable {
    /// With a body; what a callback is unless it says otherwise.
    case post = "POST"
    /// With a body.
    case put = "PUT"
    /// With a body.
    case patch = "PATCH"
    /// Without a body: the URL says it all. SQUAD's users have such callbacks.
    case get = "GET"
}

/// What a callback's body is, which decides how a template's values are escaped.
package enum CallbackContentType: String, Sendable, Codable, CaseIterable {
    /// JSON: values are escaped for a place between quotes.
    case json = "application/json"
    /// A form: values are percent-encoded.
    case form = "application/x-www-form-urlencoded"
    /// Text: values stand as they are.
    case text = "text/plain"
}

/// Which headers a callback may carry: names and values by RFC 9110, section 5, and none that Muster sets itself.
enum HeaderRule {
    /// Headers that belong to the connection or to the request's shape, or that Muster sets.
    private static let reserved: Set<String> = [
        "connection", "content-encoding", "content-length", "content-type", "expect", "host", "http2-settings",
        "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
        "transfer-encoding", "upgrade", "user-agent",
    ]

    /// What is wrong with a name, or `nil` when nothing is.
    static func complaint(aboutName name: String, maximumBytes: Int) -> String? {
        guard !name.isEmpty else { return "is a header without a name" }
        guard name.utf8.count <= maximumBytes else { return "is longer than \(maximumBytes) bytes" }
        guard name.utf8.allSatisfy(isTokenByte) else { return "is not a name that a header can have" }
        let lowercased = name.lowercased()
        guard !reserved.contains(lowercased), !lowercased.hasPrefix("webhook-") else {
            return "is a header that Muster sets itself"
        }
        return nil
    }

    /// What is wrong with a value, or `nil` when nothing is.
    static func complaint(aboutValue value: String, maximumBytes: Int) -> String? {
        let bytes = value.utf8
        guard bytes.count <= maximumBytes else { return "is longer than \(maximumBytes) bytes" }
        guard bytes.allSatisfy({ $0 == 0x09 || (0x20...0x7E).contains($0) }) else {
            return "has a character in it that a header can't carry: use printable ASCII"
        }
        let blanks: [UInt8] = [0x09, 0x20]
        guard bytes.first.map({ !blanks.contains($0) }) ?? true, bytes.last.map({ !blanks.contains($0) }) ?? true else {
            return "begins or ends with white space"
        }
        return nil
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
