// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// A browser as far as the dashboard knows one: it has a cookie once it was given one, says where its forms come from,
/// and follows nothing by itself.
struct Browser: Sendable {
    let gateway: TestGateway
    var cookie: String?

    private static let client = HTTPClient(
        eventLoopGroupProvider: .singleton,
        configuration: HTTPClient.Configuration(redirectConfiguration: .disallow)
    )

    var origin: String { "http://127.0.0.1:\(gateway.port)" }

    init(_ gateway: TestGateway) { self.gateway = gateway }

    /// One that has signed in.
    init(_ gateway: TestGateway, token: String) async throws {
        self.gateway = gateway
        let answer = try await post("/login", ["token": token, "next": "/"])
        guard answer.status == 303, let cookie = answer.headers.first(name: "Set-Cookie") else {
            throw NeverHappened(what: "signing in, but \(answer.status): \(answer.text)")
        }
        self.cookie = cookie.split(separator: ";").first.map(String.init)
    }

    func get(_ path: String, headers: [String: String] = [:]) async throws -> Answer {
        try await send(.GET, path, headers: headers)
    }

    /// Sends a form, as one of our own pages does unless told otherwise.
    func post(_ path: String, _ fields: [String: String], origin: String? = "own") async throws -> Answer {
        var components = URLComponents()
        components.queryItems = fields.map { URLQueryItem(name: $0.key, value: $0.value) }
        return try await post(path, body: components.percentEncodedQuery ?? "", origin: origin)
    }

    /// Sends a form that is written already.
    func post(_ path: String, body: String, origin: String? = "own") async throws -> Answer {
        var headers = ["Content-Type": "application/x-www-form-urlencoded"]
        headers["Origin"] = origin == "own" ? self.origin : origin
        return try await send(.POST, path, headers: headers, body: body)
    }

    /// The proof in the first form of a page.
    func proof(on path: String) async throws -> String {
        let page = try await get(path)
        guard let match = page.text.firstMatch(of: /name="csrf" value="([0-9a-f]{64})"/) else {
            throw NeverHappened(what: "a form on \(path), but \(page.status)")
        }
        return String(match.output.1)
    }

    func send(
        _ method: HTTPMethod,
        _ path: String,
        headers: [String: String],
        body: String? = nil
    ) async throws -> Answer {
        try await Self.at(
            "http://127.0.0.1:\(gateway.port)\(path)",
            method,
            headers: headers,
            cookie: cookie,
            body: body
        )
    }

    /// What any server answers.
    static func at(
        _ url: String,
        _ method: HTTPMethod = .GET,
        headers: [String: String] = [:],
        cookie: String? = nil,
        body: String? = nil
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: url)
        request.method = method
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let cookie { request.headers.add(name: "Cookie", value: cookie) }
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await client.execute(request, timeout: .seconds(120))
        let bytes = try await response.body.collect(upTo: 16 << 20)
        return Answer(
            status: Int(response.status.code),
            headers: response.headers,
            body: Array(bytes.readableBytesView)
        )
    }
}
