// SPDX-License-Identifier: Apache-2.0

import FleetStore
import Hummingbird

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
