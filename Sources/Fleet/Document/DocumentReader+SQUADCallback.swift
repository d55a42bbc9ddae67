// SPDX-License-Identifier: Apache-2.0

/// The callback as SQUAD's users have it in their scripts: `callback_url` and beside it `callback_method`,
/// `callback_headers`, `callback_payload`, `callback_payload_is_json`, `callback_event` and
/// `callback_record_response`, all strings as in the form that SQUAD takes.
///
/// They mean what SQUAD's documentation says. What it does besides is not imitated: it encodes a JSON payload twice,
/// and sends it once whatever is answered. An answer is always recorded.
struct SQUADCallback {
    var method: CallbackMethod?
    var headers: [String: String]?
    var payload: String?
    var isJSON = true

    /// The keys beside `callback_url`.
    static let keys = [
        "callback_event", "callback_headers", "callback_method", "callback_payload", "callback_payload_is_json",
        "callback_record_response",
    ]
}

extension DocumentReader {
    /// Reads one of SQUAD's keys.
    mutating func readSQUADKey(_ key: String) throws(JSONSyntaxError) {
        let pointer = "/\(key)"
        switch key {
        case "callback_event":
            if let event = try readString(pointer), event != "on_build_finished" {
                faults.add(pointer, "must be on_build_finished; \"callback\" has \"events\" for others", found: event)
            }
        case "callback_method":
            guard let text = try readString(pointer) else { return }
            squad.method = ["get": .get, "post": .post][text.lowercased()]
            if squad.method == nil { faults.add(pointer, "must be get or post", found: text) }
        case "callback_headers": squad.headers = try readSQUADHeaders(pointer)
        case "callback_payload": squad.payload = try readString(pointer)
        case "callback_payload_is_json": squad.isJSON = try readSQUADBoolean(pointer)
        default: _ = try readSQUADBoolean(pointer)
        }
    }

    /// The callback of `callback_url` and SQUAD's keys beside it.
    mutating func squadCallback(url: CallbackRequest?, _ seen: Set<String>) -> CallbackRequest? {
        let keys = SQUADCallback.keys.filter(seen.contains)
        guard !keys.isEmpty else { return url }
        guard !seen.contains("callback") else {
            faults.add("/\(keys[0])", "must not be given together with \"callback\"")
            return nil
        }
        guard seen.contains("callback_url") else {
            faults.add("/\(keys[0])", "must be given together with \"callback_url\"")
            return nil
        }
        guard var request = url else { return nil }
        request.headers = squad.headers ?? [:]
        request.method = squad.method == .get ? .get : nil
        // SQUAD sends no payload with a GET, whatever it is given.
        guard let payload = squad.payload, request.method == nil else { return request }
        if squad.isJSON {
            request.payload = payload
        } else {
            request.contentType = .form
            request.payload = form(payload)
        }
        if let complaint = payloadComplaint(request) { faults.add("/callback_payload", complaint) }
        return request
    }

    /// An object, or a string that holds one: SQUAD takes the latter.
    private mutating func readSQUADHeaders(_ pointer: String) throws(JSONSyntaxError) -> [String: String]? {
        guard try cursor.kind() == .string else { return try readHeaders(pointer) }
        guard let text = try readText(pointer) else { return nil }
        let outer = cursor
        defer { cursor = outer }
        cursor = JSONCursor(Array(text.utf8))
        do {
            let headers = try readHeaders(pointer)
            try cursor.end()
            return headers
        } catch {
            faults.add(pointer, "is a string that does not hold a JSON object")
            return nil
        }
    }

    /// `true`, `false`, or a string; SQUAD takes `no`, `false` and `False` for false and all else for true.
    private mutating func readSQUADBoolean(_ pointer: String) throws(JSONSyntaxError) -> Bool {
        guard try cursor.kind() == .string else { return try readBoolean(pointer) ?? true }
        return !["no", "false", "False"].contains(try cursor.string())
    }

    /// The members of a JSON object as a form; a list is sent as its name again and again.
    private mutating func form(_ payload: String) -> String {
        var cursor = JSONCursor(Array(payload.utf8))
        let escaping = FormEscaping()
        var parts: [String] = []
        do {
            var members = try cursor.enterObject()
            while let name = try cursor.nextKey(&members) {
                for value in try Self.formValues(&cursor) {
                    parts.append("\(escaping.escapeText(name))=\(escaping.escapeText(value))")
                }
            }
            try cursor.end()
        } catch {
            faults.add(
                "/callback_payload",
                "must be a JSON object of strings and numbers when it is to be sent as a form"
            )
        }
        return parts.joined(separator: "&")
    }

    private static func formValues(_ cursor: inout JSONCursor) throws(JSONSyntaxError) -> [String] {
        switch try cursor.kind() {
        case .string: return [try cursor.string()]
        case .number: return [String(try cursor.number())]
        case .boolean: return [try cursor.boolean() ? "True" : "False"]
        case .array:
            var values: [String] = []
            var elements = try cursor.enterArray()
            while try cursor.nextElement(&elements) {
                guard try cursor.kind() != .array else { throw JSONSyntaxError(offset: 0, problem: "a list in a list") }
                values += try formValues(&cursor)
            }
            return values
        case .object: throw JSONSyntaxError(offset: 0, problem: "an object in a form")
        case .null:
            try cursor.skip()
            return []
        }
    }
}
