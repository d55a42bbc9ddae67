// SPDX-License-Identifier: Apache-2.0

/// What the client wants to read. LAVA speaks JSON, shows HTML to browsers, and refuses anything else.
enum Negotiation {
    private static func accepted(_ request: RestRequest) -> [String] {
        (request.headers["accept"] ?? "*/*").split(separator: ",").map { String($0.prefix { $0 != ";" }).trimmed }
    }

    /// The refusal, if nothing we have is wanted.
    static func refusal(of request: RestRequest) -> Answer? {
        let types = accepted(request)
        let known = ["*/*", "application/*", "application/json", "text/*", "text/html"]
        guard !types.isEmpty, !types.contains(where: known.contains) else { return nil }
        return .detail(406, "Could not satisfy the request Accept header.")
    }

    /// Wraps a JSON answer into a page for a browser, and adds the headers that every answer of LAVA's has.
    static func finish(_ answer: inout Answer, _ request: RestRequest) {
        let isJSON = answer.contentType == "application/json"
        let first = accepted(request).first
        if isJSON, answer.status < 400, first == "text/html" || first == "text/*" {
            let words = String(decoding: answer.body, as: UTF8.self)
            let page = Answer.page(answer.status, "Django REST framework", words)
            answer.body = page.body
            answer.contentType = page.contentType
        }
        answer.headers += [
            ("Vary", isJSON ? "Accept, Cookie" : "Cookie"), ("X-Frame-Options", "DENY"),
            ("X-Content-Type-Options", "nosniff"), ("X-XSS-Protection", "1; mode=block"),
            ("Referrer-Policy", "same-origin"),
        ]
    }
}
