// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import Fleet
import FleetStore
import Foundation
import NIOCore
import NIOHTTP1
import TestSupport

/// What a gateway answered.
struct Answer: Sendable {
    let status: Int
    let headers: HTTPHeaders
    let body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as JSON.
    func json() throws -> [String: Any] {
        guard let object = try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any] else {
            throw NeverHappened(what: "a JSON object, but: \(text)")
        }
        return object
    }

    func text(_ key: String) throws -> String? { try json()[key] as? String }
    func number(_ key: String) throws -> Int? { try json()[key] as? Int }
    func items() throws -> [[String: Any]] { try json()["items"] as? [[String: Any]] ?? [] }

    /// Where the faults of a problem are.
    func pointers() throws -> [String] {
        (try json()["errors"] as? [[String: Any]] ?? []).compactMap { $0["pointer"] as? String }
    }
}

extension TestGateway {
    func ask(
        _ method: HTTPMethod = .GET,
        _ path: String,
        token: String? = nil,
        _ body: String? = nil,
        type: String? = nil,
        headers: [String: String] = [:]
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.method = method
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        if let body {
            request.headers.add(name: "Content-Type", value: type ?? "application/json")
            request.body = .bytes(ByteBuffer(string: body))
        }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(120))
        let bytes = try await response.body.collect(upTo: 16 << 20)
        return Answer(
            status: Int(response.status.code),
            headers: response.headers,
            body: Array(bytes.readableBytesView)
        )
    }

    /// A new token.
    func token(
        _ projects: [String] = ["g/p"],
        can abilities: Set<Ability> = Set(Ability.allCases),
        lifetime: Duration? = nil
    ) async throws -> String {
        try await store.newToken(projects, can: abilities, lifetime: lifetime)
    }

    /// A document of so many jobs.
    static func document(
        _ build: String = "/g/p/1",
        jobs: Int = 1,
        backend: String = "lab-a",
        more: String = "",
        definition: String = "device_type: sim"
    ) -> String {
        let entries = (0..<jobs).map { number in
            #"{"environment": "env-\#(number)", "backend": "\#(backend)", "definition": "\#(definition)"}"#
        }
        return #"{"build": "\#(build)"\#(more), "jobs": [\#(entries.joined(separator: ","))]}"#
    }

    /// Submits a document and answers the jobset's id.
    func submit(_ document: String, token: String, headers: [String: String] = [:]) async throws -> String {
        let answer = try await ask(.POST, "/api/v1/jobsets", token: token, document, headers: headers)
        guard answer.status == 202, let id = try answer.text("id") else {
            throw NeverHappened(what: "202, but \(answer.status): \(answer.text)")
        }
        return id
    }

    /// Ends jobs of a jobset as a watcher would.
    func end(_ id: String, positions: Set<Int>? = nil, _ outcome: JobOutcome = .complete) async throws {
        guard let id = UUID(uuidString: id) else { throw NeverHappened(what: "an id") }
        let ends = try await store.jobs(of: id).filter { positions?.contains($0.position) ?? true }.map { job in
            JobEnd(
                jobID: job.id,
                outcome: outcome,
                reason: outcome == .complete ? nil : "no board",
                tests: TestCounts(pass: 3, fail: 0, skip: 0, unknown: 0)
            )
        }
        _ = try await store.finishJobs(ends)
    }
}
