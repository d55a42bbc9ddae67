// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird

/// The form that a client of SQUAD's sends: url-encoded or in parts, with files or without. Any other body is one
/// without fields, as it is to SQUAD.
struct SQUADForm: Sendable {
    private let values: [String: String?]

    /// Reads a request's body.
    ///
    /// - Throws: ``Refusal``.
    init(_ request: Request, _ gateway: GatewayParts) async throws {
        let type = request.headers[.contentType] ?? ""
        let fields = try await gateway.document(in: request) { body -> [(name: String, value: String?)] in
            switch type.split(separator: ";").first.map({ $0.lowercased() }) {
            case "application/x-www-form-urlencoded": URLEncodedForm.fields(of: body)
            case "multipart/form-data": try MultipartForm(body, contentType: type).fields
            default: []
            }
        }
        // Of several of one name the last counts, as it does to SQUAD.
        values = Dictionary(fields.map { ($0.name, $0.value) }) { $1 }
    }

    /// A field; `nil` where there is none.
    ///
    /// - Throws: ``SQUADRefusal`` for one that is not UTF-8.
    func text(_ name: String) throws(SQUADRefusal) -> String? {
        guard let value = values[name] else { return nil }
        guard let value else { throw .text("\(name) is not UTF-8") }
        return value
    }

    /// The fields that describe a callback, as they came; those that are empty are none.
    func callback() throws(SQUADRefusal) -> [String: String] {
        var fields: [String: String] = [:]
        for name in Self.callbackKeys {
            if let value = try text(name), !value.isEmpty { fields[name] = value }
        }
        // All else is about a callback that there is not.
        return fields["callback_url"] == nil ? [:] : fields
    }

    private static let callbackKeys = [
        "callback_url", "callback_method", "callback_event", "callback_headers", "callback_payload",
        "callback_payload_is_json", "callback_record_response",
    ]
}
