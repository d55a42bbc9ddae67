// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOHTTP1
import Testing

@Suite("Clients that ask for too much")
struct LimitTests {
    private static let head = "POST /api/v1/jobsets HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"

    @Test("A body that says it is too large is refused before it comes")
    func declared() async throws {
        try await TestGateway.with(ingest: ["maximum_document_bytes": "2048", "maximum_definition_bytes": "1024"]) {
            gateway in
            let token = try await gateway.token()
            let client = try await RawClient(port: gateway.port)
            await client.say(Self.head + "Authorization: Bearer \(token)\r\nContent-Length: 1000000000\r\n\r\n")
            try await eventually("an answer") { client.text.hasPrefix("HTTP/1.1 413") }
            try await eventually("an end") { client.isClosed }
        }
    }

    @Test("A body that never ends is cut off, also one that nobody reads", arguments: [true, false])
    func endless(hasToken: Bool) async throws {
        let ingest = ["maximum_document_bytes": "100000", "maximum_definition_bytes": "1024"]
        // One that is read ends by its size, well before its time is over.
        let limit = hasToken ? "60" : "1"
        try await TestGateway.with(["body_timeout_seconds": limit], ingest: ingest) { gateway in
            let token = hasToken ? "Authorization: Bearer \(try await gateway.token())\r\n" : ""
            let client = try await RawClient(port: gateway.port)
            await client.say(Self.head + token + "Transfer-Encoding: chunked\r\n\r\n")
            let chunk = "1000\r\n" + String(repeating: " ", count: 4096) + "\r\n"
            try await eventually("an end") {
                await client.say(chunk)
                return client.isClosed
            }
            #expect(client.text.hasPrefix(hasToken ? "HTTP/1.1 413" : "HTTP/1.1 401"))
            #expect(try await gateway.ask(.GET, "/api/v1/openapi.json").status == 200)
        }
    }

    @Test("A body in very many chunks of a byte is refused, also one that nobody reads", arguments: [true, false])
    func smallChunks(hasToken: Bool) async throws {
        try await TestGateway.with(["body_timeout_seconds": "3600", "head_timeout_seconds": "3600"]) { gateway in
            let token = hasToken ? "Authorization: Bearer \(try await gateway.token())\r\n" : ""
            let client = try await RawClient(port: gateway.port)
            await client.say(Self.head + token + "Transfer-Encoding: chunked\r\n\r\n")
            let chunks = String(repeating: "1\r\n \r\n", count: 100)
            try await eventually("an end") {
                await client.say(chunks)
                return client.isClosed
            }
            #expect(client.text.hasPrefix(hasToken ? "HTTP/1.1 400" : "HTTP/1.1 401"))
            #expect(!hasToken || client.text.contains("urn:muster:problem:too-many-chunks"))
        }
    }

    @Test("A document that comes byte by byte is taken")
    func byteByByte() async throws {
        try await TestGateway.with { gateway in
            let client = try await RawClient(port: gateway.port)
            await client.say(
                Self.head + "Authorization: Bearer \(try await gateway.token())\r\nTransfer-Encoding: chunked\r\n\r\n"
            )
            let body = TestGateway.document()
            let pieces = Array(body.utf8).map { String(format: "1\r\n%c\r\n", $0) }
            await client.say(pieces.joined() + "0\r\n\r\n")
            try await eventually("the document to be taken") { client.answers("202") == 1 }
        }
    }

    @Test("A body that dribbles is answered with 408 and the connection closed")
    func slowBody() async throws {
        try await TestGateway.with(["body_timeout_seconds": "0.5"]) { gateway in
            let token = try await gateway.token()
            let client = try await RawClient(port: gateway.port)
            await client.say(Self.head + "Authorization: Bearer \(token)\r\nContent-Length: 1000\r\n\r\n{")
            try await eventually("an answer") {
                await client.say(" ")
                return client.text.hasPrefix("HTTP/1.1 408")
            }
            try await eventually("an end") { client.isClosed }
        }
    }

    @Test("A body that nobody may send is not waited for, and goes nowhere")
    func refusedBody() async throws {
        try await TestGateway.with(["body_timeout_seconds": "3600", "head_timeout_seconds": "3600"]) { gateway in
            let client = try await RawClient(port: gateway.port)
            await client.say(Self.head + "Content-Length: 1000000\r\n\r\n")
            try await eventually("an answer") { client.text.hasPrefix("HTTP/1.1 401") }
            try await eventually("an end") {
                await client.say(" ")
                return client.isClosed
            }
        }
    }

    @Test("A body that comes right after its refusal does not cost the connection")
    func lateBody() async throws {
        try await TestGateway.with(["body_timeout_seconds": "3600", "head_timeout_seconds": "3600"]) { gateway in
            let client = try await RawClient(port: gateway.port)
            for count in 1...3 {
                await client.say(Self.head + "Content-Length: 50000\r\n\r\n")
                try await eventually("an answer") { client.answers("401") == count }
                await client.say(String(repeating: "x", count: 50_000))
            }
            await client.say("GET /api/v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n")
            try await eventually("an answer") { client.answers("200") == 1 }
        }
    }

    @Test("Who asks before sending is told to go on once it may", arguments: [true, false])
    func expectation(hasToken: Bool) async throws {
        try await TestGateway.with { gateway in
            let token = hasToken ? "Authorization: Bearer \(try await gateway.token())\r\n" : ""
            let client = try await RawClient(port: gateway.port)
            let body = TestGateway.document()
            await client.say(
                Self.head + token + "Expect: 100-continue\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
            )
            let expected = hasToken ? "HTTP/1.1 100 Continue\r\n\r\n" : "HTTP/1.1 401"
            try await eventually("an answer") { client.text.hasPrefix(expected) }
            guard hasToken else { return }
            await client.say(body)
            try await eventually("the document to be taken") { client.answers("202") == 1 }
        }
    }

    @Test("Some requests may be sent ahead; of very many only the first are answered")
    func ahead() async throws {
        try await TestGateway.with(["head_timeout_seconds": "3600"]) { gateway in
            let request = "GET /api/v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n"
            let client = try await RawClient(port: gateway.port)
            await client.say(String(repeating: request, count: 3))
            try await eventually("all answers") { client.answers("200") == 3 }
            let greedy = try await RawClient(port: gateway.port)
            await greedy.say(String(repeating: request, count: 100))
            try await eventually("an end") { greedy.isClosed }
            #expect((1..<100).contains(greedy.answers("200")))
            // Nothing is lost of a body that comes with its head, and of what stands behind it.
            let token = try await gateway.token()
            let body = TestGateway.document()
            let post = Self.head + "Authorization: Bearer \(token)\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
            let whole = try await RawClient(port: gateway.port)
            await whole.say(post + body + request + post + body)
            try await eventually("all answers") { whole.answers("202") == 2 && whole.answers("200") == 1 }
        }
    }

    @Test("A head that dribbles is cut off, however busily it does")
    func slowHead() async throws {
        try await TestGateway.with(["head_timeout_seconds": "0.5"]) { gateway in
            let client = try await RawClient(port: gateway.port)
            await client.say("GET /api/v1/jobsets HTTP/1.1\r\nHost: x\r\n")
            try await eventually("an end") {
                await client.say("X-A: b\r\n")
                return client.isClosed
            }
        }
    }

    @Test("A head without end is refused")
    func largeHead() async throws {
        try await TestGateway.with { gateway in
            let client = try await RawClient(port: gateway.port)
            await client.say("GET /api/v1/jobsets HTTP/1.1\r\nHost: x\r\nX-A: " + String(repeating: "a", count: 70_000))
            try await eventually("an end") {
                await client.say("aaaaaaaaaaaaaaaaaaaaaaaaaaa")
                return client.isClosed
            }
        }
    }

    @Test(
        "What is no HTTP is no trouble",
        arguments: ["\u{16}\u{3}\u{1}\u{2}", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n"]
    )
    func noHTTP(bytes: String) async throws {
        try await TestGateway.with(["head_timeout_seconds": "1"]) { gateway in
            let client = try await RawClient(port: gateway.port)
            await client.say(bytes)
            try await eventually("an end") { client.isClosed }
            #expect(try await gateway.ask(.GET, "/api/v1/openapi.json").status == 200)
        }
    }

    @Test("Every answer tells browsers to run and frame nothing")
    func securityHeaders() async throws {
        try await TestGateway.with { gateway in
            for path in ["/api/v1/openapi.json", "/api/v1/jobsets", "/nothing"] {
                let answer = try await gateway.ask(.GET, path)
                #expect(answer.headers.first(name: "Content-Security-Policy")?.contains("default-src 'none'") == true)
                #expect(answer.headers.first(name: "X-Content-Type-Options") == "nosniff")
                #expect(answer.headers.first(name: "Set-Cookie") == nil)
            }
        }
    }
}

extension RawClient {
    /// How many answers of this status it has heard.
    fileprivate func answers(_ status: String) -> Int { text.ranges(of: "HTTP/1.1 \(status) ").count }
}
