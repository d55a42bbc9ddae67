// SPDX-License-Identifier: Apache-2.0

extension DocumentReader {
    /// Reads the value of `callback`.
    mutating func readCallback() throws(JSONSyntaxError) -> CallbackRequest? {
        guard try isObject("/callback") else { return nil }
        var seen: Set<String> = []
        var request = CallbackRequest(url: "")
        var members = try cursor.enterObject()
        while let key = try cursor.nextKey(&members) {
            guard try accepts(key, in: "/callback", .callback, &seen) else { continue }
            switch key {
            case "url": request.url = try readURL("/callback/url") ?? ""
            default: request.headers = try readHeaders("/callback/headers")
            }
        }
        if !seen.contains("url") { faults.add("/callback/url", "is missing") }
        return request
    }

    /// A header's value may be a token, so a fault never quotes it.
    private mutating func readHeaders(_ pointer: String) throws(JSONSyntaxError) -> [String: String] {
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
            guard try isNext(.string, place) else { continue }
            let value = try cursor.string()
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
