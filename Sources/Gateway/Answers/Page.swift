// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird

/// One page of a list.
struct Page<Item: Encodable>: Encodable {
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

    /// A list of few items, which is one page.
    init(whole items: [Item]) {
        self.items = items
        nextCursor = nil
    }

    /// The page, with a link to the next one.
    func response(for request: Request) throws -> Response {
        var headers = HTTPFields()
        if let nextCursor { headers[.link] = "<\(Self.address(of: request, with: nextCursor))>; rel=\"next\"" }
        return try .entity(self, headers: headers, for: request)
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
