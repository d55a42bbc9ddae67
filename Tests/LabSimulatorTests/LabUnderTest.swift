// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

@testable import LabSimulator

/// A simulated lab in this process, and the plainest of clients.
struct LabUnderTest: Sendable {
    let simulator: Simulator
    let port: Int
    let httpClient: HTTPClient

    struct Reply {
        var status: Int
        var headers: HTTPHeaders
        var text: String
        var json: JSON? { JSON.parse(text) }
        var contentType: String? { headers.first(name: "content-type") }
    }

    static let admin = "loopbackthrowawaytoken0123456789"
    static let plain = "loopbackplainusertoken0123456789"
    static let adminHeaders = ["Authorization": "Token \(admin)"]

    /// Asks below the API's root, or for a path that begins with `//` below the origin.
    func ask(
        _ method: String = "GET",
        _ path: String,
        headers: [String: String] = Self.adminHeaders,
        body: HTTPClientRequest.Body? = nil
    ) async throws -> Reply {
        let below = path.hasPrefix("//") ? String(path.dropFirst()) : "/api/v0.2\(path)"
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(below)")
        request.method = HTTPMethod(rawValue: method)
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        request.body = body
        let response = try await httpClient.execute(request, timeout: .seconds(120))
        let text = String(buffer: try await response.body.collect(upTo: 64 * 1024 * 1024))
        return Reply(status: Int(response.status.code), headers: response.headers, text: text)
    }

    /// Submits a definition as JSON.
    func submit(_ definition: String, headers: [String: String] = Self.adminHeaders) async throws -> Reply {
        let body = try JSONEncoder().encode(["definition": definition])
        return try await ask(
            "POST",
            "/jobs/",
            headers: headers.merging(["Content-Type": "application/json"]) { $1 },
            body: .bytes(ByteBuffer(bytes: body))
        )
    }

    /// Orders something of the simulator itself.
    func order(_ method: String = "POST", _ path: String, _ body: String = "{}") async throws -> Reply {
        try await ask(method, "//simulator/\(path)", headers: [:], body: .bytes(ByteBuffer(string: body)))
    }

    /// The job once it is in a state.
    func job(_ id: Int, in state: String) async throws -> JSON {
        try await eventually("job \(id) \(state)", every: .milliseconds(5)) {
            let job = try await ask("GET", "/jobs/\(id)/").json
            return job?["state"]?.text == state ? job : nil
        }
    }
}

/// Runs a body beside a lab with the real one's users and devices, and takes it down afterwards.
func withLab<Result: Sendable>(
    _ change: (inout SimulatorOptions) -> Void = { _ in },
    _ body: @Sendable (LabUnderTest) async throws -> Result
) async throws -> Result {
    var options = SimulatorOptions()
    options.users = [
        .init(name: "admin", token: LabUnderTest.admin, isAdmin: true),
        .init(name: "plain", token: LabUnderTest.plain, isAdmin: false),
    ]
    options.devices = ["sim": 8, "qemu": 4]
    options.cancelMilliseconds = 0
    // On a busy machine a client that is slow must not be taken for one that is idle.
    options.idleMilliseconds = 60_000
    change(&options)
    let simulator = try Simulator(options: options)
    let serving = Task { try await simulator.run() }
    var configuration = HTTPClient.Configuration()
    configuration.redirectConfiguration = .disallow
    let httpClient = HTTPClient(configuration: configuration)
    let outcome: Swift.Result<Result, any Error>
    do {
        let port = try await simulator.port()
        outcome = .success(try await body(LabUnderTest(simulator: simulator, port: port, httpClient: httpClient)))
    } catch {
        outcome = .failure(error)
    }
    try await httpClient.shutdown()
    serving.cancel()
    _ = await serving.result
    return try outcome.get()
}
