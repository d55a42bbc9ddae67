// SPDX-License-Identifier: Apache-2.0

/// A page of a list.
private struct Page<Item: Decodable>: Decodable {
    let items: [Item]
    let nextCursor: String?
}

extension ServerClient {
    /// The most items of a list that is asked for to its end.
    private static let maximumItems = 1_000_000

    /// The first items of a list, page by page.
    ///
    /// - Parameter pageSize: How many a page has at most; nil where the list takes no such number.
    func list<Item: Decodable>(
        _ type: Item.Type,
        _ path: [String],
        _ query: [(name: String, value: String)] = [],
        pageSize: Int? = nil,
        limit: Int = Self.maximumItems
    ) async throws -> [Item] {
        var items: [Item] = []
        var cursor: String?
        repeat {
            var request = ServerRequest(get: path, query: query)
            if let pageSize { request.query.append(("limit", "\(min(pageSize, limit - items.count))")) }
            if let cursor { request.query.append(("cursor", cursor)) }
            let page = try await ask(Page<Item>.self, request)
            items += page.items
            guard page.nextCursor != cursor || cursor == nil, !page.items.isEmpty || page.nextCursor == nil else {
                throw strange("a list of it does not end")
            }
            cursor = page.nextCursor
        } while cursor != nil && items.count < limit
        return Array(items.prefix(limit))
    }
}
