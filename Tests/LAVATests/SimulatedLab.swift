// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import Foundation
import Logging

@testable import LAVA
@testable import LabSimulator

/// A simulated lab in this process, on a port of its own, and a client of it.
struct SimulatedLab: Sendable {
    let simulator: Simulator
    let port: Int
    let httpClient: HTTPClient
    let client: LAVAClient

    static let token = "a-token-that-must-not-show"

    /// A client of the same lab that differs from the usual one.
    func client(_ change: (inout LAVALab) -> Void) -> LAVAClient {
        var lab = client.lab
        change(&lab)
        return LAVAClient(lab: lab, httpClient: httpClient, logger: client.logger)
    }

    /// How often a route was asked.
    func requests(_ route: String) -> Int { simulator.counts.all[route] ?? 0 }

    /// How many jobs the lab has.
    var jobCount: Int { simulator.lab.withState { $0.jobs.count } }

    /// A definition that runs for a while and ends as it is told.
    static func definition(runMilliseconds: Int = 0, _ metadata: [String: String] = [:]) -> String {
        let lines = metadata.sorted { $0.key < $1.key }.map { "  sim.\($0.key): \($0.value)\n" }.joined()
        return """
            device_type: sim
            job_name: simulated
            visibility: public
            timeouts: {job: {minutes: 5}}
            metadata:
              sim.run_ms: \(runMilliseconds)
            \(lines)actions: []
            """
    }

    static let multinode = """
        job_name: group
        visibility: public
        timeouts: {job: {minutes: 5}}
        protocols:
          lava-multinode:
            roles:
              server: {device_type: sim, count: 1}
              client: {device_type: sim, count: 1}
        actions:
        - deploy: {role: [server, client], to: tmpfs}
        """
}

/// Runs a body beside a lab and takes the lab down afterwards, whatever happened.
func withLab<Result: Sendable>(
    _ change: (inout SimulatorOptions) -> Void = { _ in },
    requestTimeout: Duration = patience,
    _ body: @Sendable (SimulatedLab) async throws -> Result
) async throws -> Result {
    var options = SimulatorOptions()
    options.users = [
        .init(name: "admin", token: SimulatedLab.token, isAdmin: true),
        .init(name: "plain", token: "p", isAdmin: false),
    ]
    options.cancelMilliseconds = 0
    // On a busy machine a client that is slow must not be taken for one that is idle.
    options.idleMilliseconds = 60_000
    change(&options)
    let simulator = try Simulator(options: options)
    let serving = Task { try await simulator.run() }
    let port = try await simulator.port()
    let lab = LAVALab(
        name: "lab",
        url: URL(string: "http://127.0.0.1:\(port)")!,
        user: "admin",
        token: LAVAToken(SimulatedLab.token),
        requestTimeout: requestTimeout
    )
    let httpClient = try LAVAClient.makeHTTPClient(for: [lab])
    let client = LAVAClient(lab: lab, httpClient: httpClient, logger: Logger(label: "test"))
    let outcome: Swift.Result<Result, any Error>
    do {
        let value = try await body(
            SimulatedLab(simulator: simulator, port: port, httpClient: httpClient, client: client)
        )
        outcome = .success(value)
    } catch {
        outcome = .failure(error)
    }
    try await httpClient.shutdown()
    serving.cancel()
    _ = await serving.result
    return try outcome.get()
}
