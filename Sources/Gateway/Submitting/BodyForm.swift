// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetRuntime
import HTTPTypes
import Hummingbird

/// In which form a document comes. Whatever it is, ingest gets it as JSON.
enum BodyForm: CaseIterable {
    case json
    case yaml
    case lines

    /// The media types that stand for it; the first is ours.
    var mediaTypes: [String] {
        switch self {
        case .json: ["application/json"]
        case .yaml: ["application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml"]
        case .lines: ["application/jsonl", "application/x-ndjson", "application/x-jsonlines"]
        }
    }

    /// The form that a request says its body has.
    ///
    /// - Throws: ``Refusal`` 415 for any other, or none: a type is needed, so that no page of another site can have a
    ///   browser send a document as a form.
    init(_ headers: HTTPFields, among forms: [BodyForm] = allCases) throws(Refusal) {
        let found = headers[.contentType]?.split(separator: ";").first.map { $0.lowercased().filter { $0 != " " } }
        guard let form = forms.first(where: { found.map($0.mediaTypes.contains) ?? false }) else {
            throw .unsupportedType(found, wanted: forms.map { $0.mediaTypes[0] })
        }
        self = form
    }

    /// How many bytes of the gateway's budget one byte of it takes: libyaml, its events and the JSON made of them hold a
    /// text several times.
    var cost: Int { self == .yaml ? 4 : 1 }

    /// How many bytes the document made of a body can be longer than it, where it is made within the body.
    func growth(_ limits: DocumentLimits) -> Int {
        self == .lines ? LinesToJSON.growth(maximumJobs: limits.maximumJobs) : Request.slack
    }

    /// The document as JSON.
    ///
    /// - Throws: ``DocumentFaults``; `CancellationError` when nobody wants it any more.
    func json(of body: consuming [UInt8], _ limits: DocumentLimits, _ demand: HeavyWork.Demand) throws -> [UInt8] {
        switch self {
        case .json: body
        case .yaml: try YAMLToJSON.convert(consume body, atMost: limits.maximumDocumentBytes) { try demand.check() }
        case .lines: try LinesToJSON.convert(consume body, maximumJobs: limits.maximumJobs) { try demand.check() }
        }
    }
}
