// SPDX-License-Identifier: Apache-2.0

internal import YAML

extension DocumentReader {
    /// Reads the value of `callback`.
    mutating func readCallback() throws(JSONSyntaxError) -> CallbackRequest? {
        guard try isObject("/callback") else { return nil }
        var seen: Set<String> = []
        var request = CallbackRequest(url: "")
        var members = try cursor.enterObject()
        let before = faults.count
        while let key = try cursor.nextKey(&members) {
            guard try accepts(key, in: "/callback", .callback, &seen) else { continue }
            switch key {
            case "url": request.url = try readURL("/callback/url") ?? ""
            case "events": request.events = try readEvents("/callback/events")
            case "headers": request.headers = try readHeaders("/callback/headers")
            default: try readBodyKey(key, into: &request)
            }
        }
        if !seen.contains("url") { faults.add("/callback/url", "is missing") }
        if faults.count == before { checkBody(of: request) }
        return request
    }

    /// The events in the order in which they are known, so that another order is no other document.
    private mutating func readEvents(_ pointer: String) throws(JSONSyntaxError) -> [JobsetEvent]? {
        guard try isNext(.array, pointer) else { return nil }
        var named: Set<JobsetEvent> = []
        var elements = try cursor.enterArray()
        var count = 0
        while try cursor.nextElement(&elements) {
            let place = "\(pointer)/\(count)"
            count += 1
            guard !faults.isFull else {
                try cursor.skip()
                continue
            }
            guard let text = try readString(place) else { continue }
            if let event = JobsetEvent(rawValue: text), JobsetEvent.ofDocuments.contains(event) {
                if !named.insert(event).inserted { faults.add(place, "stands there more than once", found: text) }
            } else {
                let known = JobsetEvent.ofDocuments.map(\.rawValue).joined(separator: ", ")
                faults.add(place, "is not an event; known: \(known)", found: text)
            }
        }
        if count == 0 { faults.add(pointer, "is empty; leave out the callback if none is wanted") }
        return named == [.finished] ? nil : JobsetEvent.ofDocuments.filter(named.contains)
    }

    /// A header's value may be a token, so a fault never quotes it.
    mutating func readHeaders(_ pointer: String) throws(JSONSyntaxError) -> [String: String] {
        guard try isObject(pointer) else { return [:] }
        var headers: [String: String] = [:]
        var seen: Set<String> = []
        var count = 0
        var members = try cursor.enterObject()
        while let name = try cursor.nextKey(&members) {
            count += 1
            guard count <= limits.maximumHeaders else {
                try cursor.skip()
                continue
            }
            let place = "\(pointer)/\(Self.escaped(name))"
            if let complaint = HeaderRule.complaint(aboutName: name, maximumBytes: limits.maximumHeaderBytes) {
                faults.add(place, complaint)
            } else if !seen.insert(name.lowercased()).inserted {
                faults.add(place, "stands there more than once; the case of its letters makes no difference")
            }
            guard let value = try readText(place) else { continue }
            if let complaint = HeaderRule.complaint(aboutValue: value, maximumBytes: limits.maximumHeaderBytes) {
                faults.add(place, complaint)
            }
            headers[name] = value
        }
        if count > limits.maximumHeaders {
            faults.add(pointer, "has \(count) headers; the limit is \(limits.maximumHeaders)")
        }
        return headers
    }
}

extension KnownKeys {
    static let callback = KnownKeys(
        supported: [
            "body", "content_type", "events", "headers", "method", "parameters", "payload", "secret", "template", "url",
        ]
    )
}

/// How a callback is sent and what makes its body. Bodies and parameters may hold tokens, so no fault quotes them.
extension DocumentReader {
    /// Reads one of the keys of `callback` that are about its body.
    mutating func readBodyKey(_ key: String, into request: inout CallbackRequest) throws(JSONSyntaxError) {
        let pointer = "/callback/\(key)"
        switch key {
        case "method":
            let method = try readChoice(pointer, CallbackMethod.self)
            request.method = method == .post ? nil : method
        case "content_type":
            let contentType = try readChoice(pointer, CallbackContentType.self)
            request.contentType = contentType == .json ? nil : contentType
        case "template": request.template = try readTemplate(pointer)
        case "body": request.body = try readString(pointer)
        case "payload": request.payload = try readString(pointer)
        case "parameters": request.parameters = try readParameters(pointer)
        default: request.secret = try readSecret(pointer)
        }
    }

    /// What only several keys together can get wrong, and whether a template gives what it should.
    mutating func checkBody(of request: CallbackRequest) {
        let bodies = [("body", request.body), ("payload", request.payload), ("template", request.template)]
            .filter { $0.1 != nil }.map(\.0)
        if bodies.count > 1 {
            faults.add("/callback/\(bodies[1])", "must not be given together with \"\(bodies[0])\"")
        } else if request.method == .get, let body = bodies.first {
            faults.add("/callback/\(body)", "is of no use: a GET has no body")
        } else if request.contentType != nil, request.body == nil, request.payload == nil {
            faults.add("/callback/content_type", "is only for a \"body\" or a \"payload\"")
        } else if request.parameters != nil, request.body == nil, request.template == nil {
            faults.add("/callback/parameters", "is only for a \"template\" or a \"body\"")
        } else {
            if let complaint = payloadComplaint(request) { faults.add("/callback/payload", complaint) }
            checkTemplate(of: request)
        }
    }

    /// What is wrong with a body that is sent as it is, or `nil`.
    func payloadComplaint(_ request: CallbackRequest) -> String? {
        guard let payload = request.payload else { return nil }
        let bytes = Array(payload.utf8)
        guard bytes.count <= limits.maximumPayloadBytes else {
            return "has \(bytes.count) bytes; the limit is \(limits.maximumPayloadBytes)"
        }
        guard request.bodyContentType == .json else { return nil }
        var cursor = JSONCursor(bytes)
        do {
            try cursor.skip()
            try cursor.end()
            return nil
        } catch {
            return "is not JSON at \(TextPosition(of: error.offset, in: bytes)): \(error.problem)"
        }
    }

    private mutating func checkTemplate(of request: CallbackRequest) {
        if let builtIn = request.builtIn {
            for name in builtIn.requiredParameters where request.parameters?[name] == nil {
                faults.add("/callback/parameters/\(name)", "is missing: the template \(builtIn.name) needs it")
            }
        }
        guard let body = request.body else { return }
        let complaint = TemplateCheck.complaint(
            about: body,
            contentType: request.contentType ?? .json,
            parameters: request.parameters ?? [:],
            events: request.events ?? [.finished]
        )
        if let complaint { faults.add("/callback/body", complaint) }
    }

    /// A template whose parameter is missing can have a label in its place. Those of a jobset that is added to are known
    /// elsewhere.
    mutating func checkLabels() {
        guard jobsetID == nil, let callback, let builtIn = callback.builtIn else { return }
        for parameter in builtIn.parameters where callback.parameters?[parameter.name] == nil {
            guard case .label(let label) = parameter.fallback, labels[label, default: ""].isEmpty else { continue }
            faults.add(
                "/callback/parameters/\(parameter.name)",
                "is missing: the template \(builtIn.name) needs it, or the label \(label)"
            )
        }
    }

    private mutating func readTemplate(_ pointer: String) throws(JSONSyntaxError) -> String? {
        guard let text = try readString(pointer) else { return nil }
        let known = BuiltInTemplates.ofDocuments.map(\.name)
        if known.contains(text) { return text }
        faults.add(pointer, "must be one of \(known.joined(separator: ", "))", found: text)
        return nil
    }

    private mutating func readParameters(_ pointer: String) throws(JSONSyntaxError) -> [String: String]? {
        guard try isObject(pointer) else { return nil }
        var parameters: [String: String] = [:]
        var count = 0
        var members = try cursor.enterObject()
        while let name = try cursor.nextKey(&members) {
            count += 1
            guard count <= limits.maximumParameters else {
                try cursor.skip()
                continue
            }
            let place = "\(pointer)/\(Self.escaped(name))"
            // A dot would lead into a value, and templates name a parameter by letters, digits, "_" and "-".
            if !Slug.isValid(name) || name.contains(".") {
                faults.add(place, "must be named by at most \(Slug.maximumLength) letters, digits, \"_\" and \"-\"")
            } else if parameters[name] != nil {
                faults.add(place, "stands there more than once")
            }
            guard let value = try readText(place) else { continue }
            if value.utf8.count > limits.maximumParameterBytes {
                faults.add(place, "has \(value.utf8.count) bytes; the limit is \(limits.maximumParameterBytes)")
            }
            parameters[name] = value
        }
        if count > limits.maximumParameters {
            faults.add(pointer, "has \(count) parameters; the limit is \(limits.maximumParameters)")
        }
        return parameters.isEmpty ? nil : parameters
    }

    private mutating func readSecret(_ pointer: String) throws(JSONSyntaxError) -> String? {
        guard let name = try readString(pointer) else { return nil }
        if limits.callbackSecrets.contains(name) { return name }
        // What was meant to be a secret's name may be a secret.
        let known = limits.callbackSecrets.sorted().joined(separator: ", ")
        let reason = known.isEmpty ? "no secret is configured under callback.secrets" : "known: \(known)"
        faults.add(pointer, "is not the name of a configured secret; \(reason)")
        return nil
    }

    /// One of the words of `type`, or `nil` and a fault.
    private mutating func readChoice<Choice: RawRepresentable<String> & CaseIterable>(
        _ pointer: String,
        _ type: Choice.Type
    ) throws(JSONSyntaxError) -> Choice? {
        guard let text = try readString(pointer) else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        faults.add(pointer, "must be one of \(known)", found: text)
        return nil
    }
}
