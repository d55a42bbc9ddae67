// SPDX-License-Identifier: Apache-2.0

/// One request to the lab, read.
struct RestRequest: Sendable {
    var method: String
    /// The path and the query as they came.
    var target: String
    var path: String
    var query: QueryText
    /// By lower-case name; the last of a repeated one.
    var headers: [String: String]
    var body: [UInt8]
    /// What is to go wrong with the group it submits.
    var groupFault: GroupFault?

    init(method: String, target: String, headers: [String: String], body: [UInt8]) {
        self.method = method
        self.target = target
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        self.path = QueryText.decoded(parts.first ?? "", plusIsSpace: false)
        self.query = QueryText(parts.count > 1 ? parts[1] : "")
        self.headers = headers
        self.body = body
    }

    /// The lab's address as the client wrote it; LAVA puts it into the links of its answers.
    var origin: String { "http://\(headers["host"] ?? "localhost")" }

    /// Whether it is a submission whose definition speaks of a group, as far as a glance tells.
    var submitsGroup: Bool {
        method == "POST" && path == "\(RestRouter.root)jobs/"
            && ByteSearch.contains("lava-multinode", in: String(decoding: body, as: UTF8.self))
    }

    var contentType: String {
        let value = headers["content-type"] ?? ""
        return String(value.prefix { $0 != ";" }).trimmed.lowercased()
    }
}

extension StringProtocol {
    /// Without white space at either end.
    var trimmed: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else {
            return ""
        }
        return String(self[first...last])
    }
}
