// SPDX-License-Identifier: Apache-2.0

import FleetStore
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

extension Response {
    /// A text, under the type that SQUAD gives to all of its texts. Nothing of it is run by a browser: the policy that
    /// every answer carries sees to that.
    static func squadText(
        _ text: String,
        status: HTTPResponse.Status = .ok,
        type: String = "text/html; charset=utf-8"
    ) -> Response {
        Response(
            status: status,
            headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text))
        )
    }

    /// A JSON object.
    static func squadJSON(_ members: [String: JSONValue], status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: (try? GatewayJSON.encodeAsIs(members)) ?? []))
        )
    }
}

extension JSONValue {
    /// A time as SQUAD writes it, to the microsecond.
    static func squadTime(_ time: Date?) -> JSONValue {
        guard let time else { return .null }
        let whole = time.timeIntervalSince1970.rounded(.down)
        let microseconds = min(999_999, Int(((time.timeIntervalSince1970 - whole) * 1_000_000).rounded()))
        let digits = "\(1_000_000 + microseconds)".dropFirst()
        let seconds = Date(timeIntervalSince1970: whole).formatted(.iso8601)
        return .text("\(seconds.dropLast()).\(digits)Z")
    }
}

/// Addresses of things as SQUAD's clients want them: whole, and on the server that they have asked.
struct SQUADLinks: Sendable {
    private let base: String

    init(_ request: Request, _ gateway: GatewayParts) {
        // A proxy that ends TLS is not seen from here: `gateway.public_url` says where it is.
        let asked = "http://\(request.head.authority ?? "localhost")/api/"
        let address = gateway.address(of: "/api/")
        base = address.hasPrefix("/") ? asked : address
    }

    func group(_ id: Int) -> JSONValue { .text("\(base)groups/\(id)/") }
    func project(_ id: Int) -> JSONValue { .text("\(base)projects/\(id)/") }
    func build(_ id: Int, _ part: String = "") -> JSONValue { .text("\(base)builds/\(id)/\(part)") }
    func testJob(_ id: Int, _ part: String = "") -> JSONValue { .text("\(base)testjobs/\(id)/\(part)") }

    func testRun(_ id: Int, _ part: String = "") -> JSONValue { .text("\(base)testruns/\(id)/\(part)") }
    func test(_ id: Int) -> JSONValue { .text("\(base)tests/\(id)/") }
    func metric(_ id: Int) -> JSONValue { .text("\(base)metrics/\(id)/") }
    func report(_ id: Int) -> JSONValue { .text("\(base)reports/\(id)/") }
    func name(_ kind: SQUADName.Kind, _ id: Int) -> JSONValue { .text("\(base)\(kind.rawValue)s/\(id)/") }

    /// The address of a request below `/api/` with other values of these parameters; `nil`: without one.
    func page(of request: Request, replacing parameters: [(name: String, value: String?)]) -> String {
        let others = (request.uri.query ?? "").split(separator: "&").map(String.init).filter { part in
            !parameters.contains { part.hasPrefix($0.name + "=") }
        }
        let new = parameters.compactMap { parameter in parameter.value.map { "\(parameter.name)=\($0)" } }
        let query = (others + new).joined(separator: "&")
        let path = request.uri.path.dropFirst("/api/".count)
        return "\(base)\(path)\(path.hasSuffix("/") ? "" : "/")?\(query)"
    }
}

/// Which page of a list a client of SQUAD's asks for, and the page in SQUAD's form. Between two pages a list may have
/// grown at its beginning, as with SQUAD.
struct SQUADPaging: Sendable {
    let limit: Int
    let offset: Int

    /// SQUAD's.
    private static let usual = 50
    private static let most = 1_000

    /// Reads `limit` and `offset`; what SQUAD's client sends besides and means nothing is passed over.
    init(_ query: inout QueryReader) {
        limit = Self.limit(&query)
        offset = query.integer("offset", 0...Int(Int32.max)) ?? 0
    }

    /// Reads `limit`, and passes over what means nothing.
    static func limit(_ query: inout QueryReader) -> Int {
        _ = query.texts("count") + query.texts("format") + query.texts("fields")
        return min(query.integer("limit", 1...Int(Int32.max)) ?? usual, most)
    }

    /// The page; `item` makes the JSON of one thing on it.
    func response<Item>(
        _ page: SQUADPage<Item>,
        for request: Request,
        _ links: SQUADLinks,
        _ item: (Item) -> JSONValue
    ) -> Response {
        let next = offset + limit < page.count ? offset + limit : nil
        let previous = offset > 0 ? max(0, offset - limit) : nil
        return .squadJSON([
            "count": .number(page.count),
            "next": .text(orNull: next.map { address(of: request, links, offset: $0) }),
            "previous": .text(orNull: previous.map { address(of: request, links, offset: $0) }),
            "results": .list(page.items.map(item)),
        ])
    }

    private func address(of request: Request, _ links: SQUADLinks, offset: Int) -> String {
        links.page(of: request, replacing: [("limit", "\(limit)"), ("offset", offset > 0 ? "\(offset)" : nil)])
    }
}
