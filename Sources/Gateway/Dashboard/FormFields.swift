// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetRuntime
import FleetStore
import Foundation
import HTTPTypes
import Hummingbird

/// The fields of a form that was sent by one of our own pages.
struct FormFields: Sendable {
    private let values: [String: [String]]

    /// The largest form, in bytes.
    static let maximumBytes = 16 << 10
    /// The longest text that a person may give as a reason, in bytes.
    static let maximumReasonBytes = 1_000

    private static let fetchSite = HTTPField.Name("Sec-Fetch-Site")

    /// The fields that our pages have.
    private static let names: Set = [
        "all", "csrf", "environment", "expires", "job", "key", "next", "reason", "select", "suite", "test", "token",
        "url",
    ]

    /// Lets a form on that comes from our own pages.
    ///
    /// - Throws: ``Refusal``.
    static func requireOurs(_ request: Request, _ gateway: GatewayParts) throws(Refusal) {
        guard isOurs(request, publicURL: gateway.limits.publicURL) else { throw .strangeForm }
    }

    /// Reads a form.
    ///
    /// - Throws: ``Refusal`` for one that does not come from our own pages, is too large, or is none.
    init(_ request: Request, _ gateway: GatewayParts, _ context: GatewayContext) async throws {
        try Self.requireOurs(request, gateway)
        let type = request.headers[.contentType]?.lowercased() ?? ""
        guard type.hasPrefix("application/x-www-form-urlencoded") else {
            throw Refusal.unsupportedType(type, wanted: ["application/x-www-form-urlencoded"])
        }
        let bytes = try await request.bytes(atMost: Self.maximumBytes, within: gateway.limits.bodyTimeout, context)
        let fields = try URLEncodedForm.fields(of: bytes, named: Self.names)
        values = Dictionary(grouping: fields, by: \.name).mapValues { $0.map { $0.value ?? "" } }
    }

    /// A field that is filled in.
    func text(_ name: String) -> String? { values[name]?.first.flatMap(Self.filledIn) }

    /// All that is filled in or ticked under a name.
    func texts(_ name: String) -> [String] { (values[name] ?? []).compactMap(Self.filledIn) }

    private static func filledIn(_ value: String) -> String? {
        let text = value.trimmingCharacters(in: .whitespacesAndNewlines)
        return text.isEmpty || !StorableText.isStorable(text) ? nil : text
    }

    /// What somebody gave as a reason.
    func reason() throws(Refusal) -> String? {
        guard let text = text("reason") else { return nil }
        guard text.utf8.count <= Self.maximumReasonBytes else {
            let words = "must have at most \(Self.maximumReasonBytes) bytes"
            throw .badRequest([Fault(pointer: "reason", reason: words)])
        }
        return text
    }

    /// Browsers say where a form comes from, and nobody else can make them say otherwise.
    private static func isOurs(_ request: Request, publicURL: String?) -> Bool {
        guard let origin = request.headers[.origin], origin != "null" else {
            return fetchSite.flatMap { request.headers[$0] } == "same-origin"
        }
        guard let place = URLComponents(string: origin), let host = place.host else { return false }
        if let own = publicURL.flatMap({ URLComponents(string: $0) }),
            own.scheme == place.scheme, own.host == host, own.port == place.port
        {
            return true
        }
        let authority = place.port.map { "\(host):\($0)" } ?? host
        return request.head.authority?.lowercased() == authority.lowercased()
    }
}

extension Refusal {
    /// A form that does not come from our own pages.
    static var strangeForm: Refusal {
        Refusal(
            "strange-form",
            "The form does not belong to this dashboard",
            status: 403,
            detail: "It was sent by another site, or by a page that was loaded before you signed in. Nothing was done. "
                + "Go back, load the page again and try once more."
        )
    }

    /// What concerns all projects needs a token for all of them.
    static func operatorsOnly(_ caller: Caller) -> Refusal {
        guard case .token = caller else { return .unauthorized() }
        return Refusal(
            "forbidden",
            "The token does not allow this",
            status: 403,
            detail: "This needs a token for all projects (*) with the right ability; \(caller.name) is not one."
        )
    }
}
