// SPDX-License-Identifier: Apache-2.0

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
