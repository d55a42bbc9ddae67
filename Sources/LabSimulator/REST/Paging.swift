// SPDX-License-Identifier: Apache-2.0

/// LAVA's pages: `limit` and `offset`; nothing, 0, a negative or no number means 50.
struct Paging {
    let limit: Int
    let offset: Int

    static let defaultLimit = 50

    init(_ query: QueryText) {
        let wanted = query["limit"].flatMap { Int($0) } ?? 0
        limit = wanted > 0 ? wanted : Self.defaultLimit
        offset = max(0, query["offset"].flatMap { Int($0) } ?? 0)
    }

    /// The rows of this page.
    func range(of count: Int) -> Range<Int> {
        let start = min(offset, count)
        return start..<start + min(limit, count - start)
    }

    /// The envelope around a page's rows.
    func answer(_ request: RestRequest, count: Int, rows: (inout JSONText) -> Void) -> Answer {
        let base = "\(request.origin)\(request.path)?"
        let (end, isHuge) = offset.addingReportingOverflow(limit)
        var json = JSONText()
        json.raw("{\"count\":")
        json.number(count)
        json.raw(",\"next\":")
        json.optional(!isHuge && end < count ? base + request.query.link(limit: limit, offset: end) : nil)
        json.raw(",\"previous\":")
        let before = offset > limit ? offset - limit : nil
        json.optional(offset > 0 ? base + request.query.link(limit: limit, offset: before) : nil)
        json.raw(",\"results\":[")
        rows(&json)
        json.raw("]}")
        return .json(200, json.bytes)
    }
}
