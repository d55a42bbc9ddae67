// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Testing

/// The real LAVA that `make test-lava` brings up, and what it says itself of its jobs.
struct RealLab: Sendable {
    /// By the lab's own clock, which is the machine's: what was submitted after this belongs to this test.
    let since: Date
    let address: TestFleet.LabAddress

    init() throws {
        since = .now
        address = TestFleet.LabAddress(
            url: try TestServers.required("MUSTER_TEST_LAVA_URL"),
            token: try TestServers.required("MUSTER_TEST_LAVA_TOKEN"),
            user: try TestServers.required("MUSTER_TEST_LAVA_USER"),
            eventsURL: try TestServers.required("MUSTER_TEST_LAVA_EVENTS_URL")
        )
    }

    /// A sample of `deploy/lava-jobs`, with the place of the board's image filled in.
    ///
    /// - Parameters:
    ///   - cases: How many test cases the board reports, in the place of the sample's number.
    ///   - seconds: For how long it goes on after that.
    static func sample(_ name: String, cases: Int? = nil, seconds: Int? = nil) throws -> String {
        let folder = URL(fileURLWithPath: try TestServers.required("MUSTER_TEST_LAVA_JOBS"))
        var text = try String(contentsOf: folder.appendingPathComponent("\(name).yaml"), encoding: .utf8)
        text = text.replacing("@IMG@", with: try TestServers.required("MUSTER_TEST_LAVA_IMG"))
        if let cases { text = text.replacing(/cases=[0-9]+/, with: "cases=\(cases)") }
        if let seconds { text = text.replacing(/sleep=[0-9]+/, with: "sleep=\(seconds)") }
        return text
    }

    /// Runs `deploy/lava`, whose own limits end it: `restart gunicorn`, say.
    static func control(_ arguments: String...) async throws {
        let script = try TestServers.required("MUSTER_TEST_LAVA_CONTROL")
        let log = FileManager.default.temporaryDirectory.appendingPathComponent("muster-lava-\(UUID()).log")
        let status = try await runProgram(script, arguments, log: log, within: .seconds(660))
        #expect(status == 0, "\((try? String(contentsOf: log, encoding: .utf8)) ?? "")")
        try? FileManager.default.removeItem(at: log)
    }

    /// Makes LAVA's publisher of events a new one.
    ///
    /// If a client's connection is reset while LAVA sends it an event, LAVA 2023.01's publisher stays up, keeps its
    /// streams open, and sends no event any more (`lava-publisher.py`, `zmq_proxy`: only ZeroMQ's errors are caught).
    static func restartPublisher() async throws { try await control("restart", "publisher", "--immediate") }

    /// A job in LAVA's own words.
    struct Job: Decodable, Sendable {
        let id: Int
        let state: String
        let health: String
        let description: String
        let originalDefinition: String
        let multinodeDefinition: String

        /// The attempt whose mark it carries.
        var tag: UUID? {
            let text = multinodeDefinition.isEmpty ? originalDefinition : multinodeDefinition
            let first = text.prefix { !$0.isNewline }
            guard first.hasPrefix("# muster: ") else { return nil }
            return UUID(uuidString: String(first.dropFirst("# muster: ".count)))
        }
    }

    private struct Page: Decodable {
        let results: [Job]
    }

    /// Every job that was submitted to the lab since this test began, by whomever.
    func jobs() async throws -> [Job] {
        let text = since.formatted(.iso8601.year().month().day().time(includingFractionalSeconds: true))
        let body = try await ask(.GET, "jobs/?submit_time__gt=\(text)&ordering=id&limit=1000")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Page.self, from: body).results
    }

    /// How many jobs carry the mark of each attempt; a group has as many as members.
    func jobsByTag() async throws -> [UUID: Int] {
        try await jobs().compactMap(\.tag).reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }

    /// Cancels what a test has left behind, so that the next finds all boards free.
    func clear() async {
        let left = ((try? await jobs()) ?? []).filter { $0.state != "Finished" }
        for job in left { _ = try? await ask(.GET, "jobs/\(job.id)/cancel/") }
        try? await eventually("the lab to be idle", every: .milliseconds(300)) {
            try await jobs().allSatisfy { $0.state == "Finished" }
        }
    }

    /// Waits until the lab answers again.
    func waitUntilUp() async throws {
        try await eventually("LAVA to answer") {
            let text = String(decoding: try await ask(.GET, "system/version/"), as: UTF8.self)
            return text.contains("version")
        }
    }

    private func ask(_ method: HTTPMethod, _ path: String) async throws -> Data {
        var request = HTTPClientRequest(url: "\(address.url)/api/v0.2/\(path)")
        request.method = method
        request.headers.add(name: "authorization", value: "Token \(address.token ?? "")")
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(120))
        return Data(try await response.body.collect(upTo: 1 << 26).readableBytesView)
    }
}
