// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import Tracing

/// Spans as OTLP has them in JSON: an `ExportTraceServiceRequest` in protobuf's JSON mapping, with ids in hexadecimal digits
/// and 64-bit numbers as texts (<https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding>).
package struct OTLPRequest: Encodable {
    private let resourceSpans: [ResourceSpans]

    /// - Parameters:
    ///   - resource: What is said of the program that has made the spans, by OpenTelemetry's names.
    ///   - version: The version of Muster.
    package init(_ spans: [SpanRecord], resource: [(name: String, value: String)], version: String) {
        resourceSpans = [
            ResourceSpans(
                resource: Resource(attributes: resource.map { KeyValue(key: $0.name, value: .string($0.value)) }),
                scopeSpans: [
                    ScopeSpans(scope: Scope(name: "muster", version: version), spans: spans.map(OTLPSpan.init))
                ]
            )
        ]
    }

    /// As it is sent.
    package func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }

    private struct ResourceSpans: Encodable {
        let resource: Resource
        let scopeSpans: [ScopeSpans]
    }

    private struct Resource: Encodable {
        let attributes: [KeyValue]
    }

    private struct ScopeSpans: Encodable {
        let scope: Scope
        let spans: [OTLPSpan]
    }

    private struct Scope: Encodable {
        let name: String
        let version: String
    }
}

private struct OTLPSpan: Encodable {
    let traceId: String
    let spanId: String
    let parentSpanId: String?
    /// The flags of W3C's header: all that is exported is sampled.
    let flags = 1
    let name: String
    let kind: Int
    let startTimeUnixNano: String
    let endTimeUnixNano: String
    let attributes: [KeyValue]
    let links: [Link]?
    let status: Status?

    struct Link: Encodable {
        let traceId: String
        let spanId: String
    }

    struct Status: Encodable {
        /// `STATUS_CODE_ERROR`.
        let code = 2
        let message: String

        enum CodingKeys: CodingKey { case code, message }
    }

    enum CodingKeys: CodingKey {
        case traceId, spanId, parentSpanId, flags, name, kind, startTimeUnixNano, endTimeUnixNano, attributes, links
        case status
    }

    init(_ span: SpanRecord) {
        traceId = "\(span.place.trace)"
        spanId = span.place.spanText
        parentSpanId = span.parent?.spanText
        name = span.name
        kind = Self.number(of: span.kind)
        startTimeUnixNano = "\(span.start)"
        endTimeUnixNano = "\(span.end)"
        var attributes: [KeyValue] = []
        span.attributes.forEach { key, value in
            if let value = KeyValue.Value(value) { attributes.append(KeyValue(key: key, value: value)) }
        }
        self.attributes = attributes.sorted { $0.key < $1.key }
        links = span.links.isEmpty ? nil : span.links.map { Link(traceId: "\($0.trace)", spanId: $0.spanText) }
        status = span.failure.map { Status(message: $0) }
    }

    /// As OTLP's enumeration has it.
    private static func number(of kind: SpanKind) -> Int {
        switch kind {
        case .internal: 1
        case .server: 2
        case .client: 3
        case .producer: 4
        case .consumer: 5
        }
    }
}

/// An attribute.
private struct KeyValue: Encodable {
    let key: String
    let value: Value

    enum Value: Encodable {
        case string(String)
        case integer(Int64)
        case number(Double)
        case truth(Bool)

        private enum CodingKeys: CodingKey { case stringValue, intValue, doubleValue, boolValue }

        /// What our spans say; nil for what they don't.
        init?(_ attribute: SpanAttribute) {
            switch attribute {
            case .string(let text): self = .string(text)
            case .int32(let number): self = .integer(Int64(number))
            case .int64(let number): self = .integer(number)
            case .double(let number) where number.isFinite: self = .number(number)
            case .bool(let truth): self = .truth(truth)
            default: return nil
            }
        }

        func encode(to encoder: any Encoder) throws {
            var value = encoder.container(keyedBy: CodingKeys.self)
            switch self {
            case .string(let text): try value.encode(text, forKey: .stringValue)
            case .integer(let number): try value.encode("\(number)", forKey: .intValue)
            case .number(let number): try value.encode(number, forKey: .doubleValue)
            case .truth(let truth): try value.encode(truth, forKey: .boolValue)
            }
        }
    }
}
