// SPDX-License-Identifier: Apache-2.0

import Fleet
import HTTPTypes
import Hummingbird

/// One page of a list.
struct Page<Item: Encodable & Sendable>: Encodable, Sendable {
    /// What is on it.
    let items: [Item]
    /// Where the next begins, for `cursor`; nil on the last.
    let nextCursor: String?

    /// A page of at most `limit` of `found`, of which there is one more if there is another page.
    init<Found>(
        _ found: [Found],
        limit: Int,
        cursor: (Found) -> Cursor,
        item: (Found) -> Item
    ) {
        let shown = found.prefix(limit)
        items = shown.map(item)
        nextCursor = found.count > limit ? shown.last.map { cursor($0).text } : nil
    }

    /// A page of these, and where the next one begins.
    init(_ items: [Item], next: Cursor?) {
        self.items = items
        nextCursor = next?.text
    }

    /// A list of few items, which is one page.
    init(whole items: [Item]) { self.init(items, next: nil) }

    /// What an item is taken to have when it is guessed how long it takes to write them all, in bytes.
    private static var itemBytes: Int { 500 }

    /// The page, with a link to the next one.
    func response(for request: Request, in context: GatewayContext) async throws -> Response {
        var headers = HTTPFields()
        if let nextCursor { headers[.link] = "<\(Self.address(of: request, with: nextCursor))>; rel=\"next\"" }
        let bytes = try await context.work(on: self, of: items.count * Self.itemBytes) { page, _ in
            try FleetJSON.bytes(page)
        }
        return .entity(bytes, type: "application/json", headers: headers, for: request)
    }

    private static func address(of request: Request, with cursor: String) -> String {
        let parts = (request.uri.query ?? "").split(separator: "&").filter { !$0.hasPrefix("cursor=") }
        return "\(request.uri.path)?" + (parts.map(String.init) + ["cursor=\(cursor)"]).joined(separator: "&")
    }
}

extension HTTPField.Name {
    /// RFC 8288.
    static var link: HTTPField.Name { HTTPField.Name("Link") ?? .location }
}
