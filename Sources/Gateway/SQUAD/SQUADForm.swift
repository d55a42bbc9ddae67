// SPDX-License-Identifier: Apache-2.0

import ExternalLabs
import Fleet
import FleetRuntime
import HTTPTypes
import Hummingbird

/// The form that a client of SQUAD's sends: url-encoded or in parts, with files or without. Any other body is one
/// without fields, as it is to SQUAD.
struct SQUADForm: Sendable {
    private let values: [String: String?]

    /// The fields that anybody here asks for.
    private static let names = Set(
        callbackKeys + [
            "backend", "definition", "testjob_id", "jobs", "patch_baseline", "patch_source", "patch_id", "tests",
            "metrics",
            "metadata",
        ] + TestRunReader.metadataFields
    )
    /// How many bytes of the gateway's budget one byte of a form takes: a definition is decoded, and written down again.
    private static let cost = 2
    /// What all of them but a definition may have, in bytes.
    private static let otherBytes = 1 << 20

    /// Reads a request's body.
    ///
    /// - Throws: ``Refusal``.
    init(_ request: Request, _ gateway: GatewayParts, _ context: GatewayContext) async throws {
        let type = request.headers[.contentType] ?? ""
        let limits = gateway.documentLimits
        // Of a definition as a URL has it, every byte may be three.
        let bytes = try await request.bytes(
            atMost: min(limits.maximumDocumentBytes / Self.cost, 3 * limits.maximumDefinitionBytes + Self.otherBytes),
            within: gateway.limits.bodyTimeout,
            cost: Self.cost,
            context
        )
        let fields = try await context.work(on: bytes) { body, _ -> [(name: String, value: String?)] in
            switch type.split(separator: ";").first.map({ $0.lowercased() }) {
            case "application/x-www-form-urlencoded":
                try URLEncodedForm.fields(of: body, named: Self.names, maximumBytes: limits.maximumDefinitionBytes)
            case "multipart/form-data": try MultipartForm(body, contentType: type, named: Self.names).fields
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
