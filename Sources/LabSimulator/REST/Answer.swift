// SPDX-License-Identifier: Apache-2.0

/// What the lab answers, before it becomes HTTP.
struct Answer: Sendable {
    var status: Int
    var contentType: String?
    var body: [UInt8]
    var headers: [(name: String, value: String)] = []
    /// Whether the connection ends with this answer.
    var closesConnection = false
    /// The jobs that came out of it, for the faults that take them away again.
    var createdJobs: [Int] = []

    static func json(_ status: Int, _ body: [UInt8]) -> Answer {
        Answer(status: status, contentType: "application/json", body: body)
    }

    static func detail(_ status: Int, _ words: String) -> Answer {
        json(status, JSONText.object("detail", words))
    }

    static let notFound = detail(404, "Not found.")
    static let forbidden = detail(403, "You do not have permission to perform this action.")
    static let anonymous = detail(403, "Authentication credentials were not provided.")

    /// LAVA's own page, for what its pages answer rather than its API.
    static func page(_ status: Int, _ heading: String, _ words: String) -> Answer {
        let escaped = words.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;").replacing("'", with: "&#x27;")
        let text = """
            <!DOCTYPE html>
            <html lang="en-us">
            <head>
              <meta charset="utf-8">
              <meta http-equiv="X-UA-Compatible" content="IE=edge">
              <meta name="viewport" content="width=device-width, initial-scale=1">
              <title> | HTTP \(status) </title>
            </head>
            <body>
              <h1>\(heading)</h1>
              <p>\(escaped)</p>
            </body>
            </html>
            """
        return Answer(status: status, contentType: "text/html; charset=utf-8", body: Array(text.utf8))
    }

    /// LAVA fell over: an HTML page with the exception's words.
    static func crash(_ words: String) -> Answer {
        page(500, "500 Internal Server Error", words)
    }

    /// The framework refuses a request before LAVA sees it.
    static let badRequestPage = Answer(
        status: 400,
        contentType: "text/html",
        body: Array(
            """

            <!doctype html>
            <html lang="en">
            <head>
              <title>Bad Request (400)</title>
            </head>
            <body>
              <h1>Bad Request (400)</h1><p></p>
            </body>
            </html>

            """.utf8
        )
    )

    /// The HTTP server refuses a request line before the framework sees it.
    static func requestLineTooLong(_ length: Int) -> Answer {
        let text = """
            <html>
              <head>
                <title>Bad Request</title>
              </head>
              <body>
                <h1><p>Bad Request</p></h1>
                Request Line is too large (\(length) &gt; 4094)
              </body>
            </html>

            """
        return Answer(status: 400, contentType: "text/html", body: Array(text.utf8), closesConnection: true)
    }
}

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
