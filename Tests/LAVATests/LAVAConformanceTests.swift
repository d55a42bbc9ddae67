// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPExchange
import LAVALabs
import Labs
import Logging
import Testing

@testable import LAVA

/// LAVA as a lab of the fleet: what every lab must do, on the simulator and on a real server.
@Suite("LAVA is a lab", .timeLimit(.minutes(10)))
struct LAVAConformanceTests {
    @Test("The simulator does what every lab must do")
    func simulated() async throws {
        try await withLab { lab in
            let httpClient = OwnedHTTPClient(try LAVAClient.makeHTTPClient(for: [lab.client.lab]))
            let backend = LAVAServer(lab: lab.client.lab, httpClient: httpClient, logger: lab.client.logger)
            var conformance = LabConformance(
                lab: backend,
                passing: { request(SimulatedLab.definition(["pass": "3"])) },
                endless: { request(SimulatedLab.definition(runMilliseconds: 600_000)) }
            )
            conformance.group = {
                request("metadata: {sim.run_ms: 600000}\n" + SimulatedLab.multinode)
            }
            conformance.refused = { request("job_name: [never closed") }
            try await conformance.run()
        }
    }
}

/// Run by `make test-lava`.
@Suite(
    "A real LAVA is a lab",
    .enabled(if: ProcessInfo.processInfo.environment["MUSTER_TEST_LAVA_URL"] != nil),
    .timeLimit(.minutes(10))
)
struct RealLAVAConformanceTests {
    @Test("It does what every lab must do")
    func real() async throws {
        let environment = ProcessInfo.processInfo.environment
        let lab = LAVALab(
            name: "real",
            url: try #require(environment["MUSTER_TEST_LAVA_URL"].flatMap { URL(string: $0) }),
            eventsURL: environment["MUSTER_TEST_LAVA_EVENTS_URL"].flatMap { URL(string: $0) },
            user: environment["MUSTER_TEST_LAVA_USER"],
            token: environment["MUSTER_TEST_LAVA_TOKEN"].map { LAVAToken($0) }
        )
        let folder = try #require(environment["MUSTER_TEST_LAVA_JOBS"])
        let images = environment["MUSTER_TEST_LAVA_IMG"] ?? ""
        @Sendable func sample(_ name: String) throws -> LabRequest {
            let text = try String(contentsOfFile: "\(folder)/\(name).yaml", encoding: .utf8)
            return request(text.replacing("@IMG@", with: images))
        }
        let logger = Logger(label: "test")
        let httpClient = OwnedHTTPClient(try LAVAClient.makeHTTPClient(for: [lab]))
        let backend = LAVAServer(lab: lab, httpClient: httpClient, logger: logger)
        var conformance = LabConformance(
            lab: backend,
            passing: { try sample("pass") },
            endless: { try sample("slow") }
        )
        conformance.group = { try sample("multinode") }
        conformance.refused = { try sample("refused-yaml") }
        let result: Result<Void, any Error>
        do { result = .success(try await conformance.run()) } catch { result = .failure(error) }
        try await backend.shutdown()
        try result.get()
    }
}

private func request(_ definition: String) -> LabRequest {
    LabRequest(definition: definition, tag: UUID())
}
