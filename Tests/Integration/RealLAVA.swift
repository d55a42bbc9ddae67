// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Whole fleets on a real LAVA, as `make test-lava` brings it up. One test at a time: there is one LAVA, and some
/// restart parts of it.
@Suite(.serialized, .timeLimit(.minutes(10)))
enum RealLAVA {
    /// A fleet whose lab `lava` is the real one, seen through proxies.
    struct Bench: Sendable {
        let fleet: TestFleet
        let lab: RealLab
        /// In front of LAVA's web server.
        let api: TestProxy
        /// In front of its publisher of events.
        let stream: TestProxy

        /// As many jobs as said of one definition, and what else belongs to a jobset.
        func publish(_ definitions: [String], version: String = "1", retries: Int? = nil) async throws -> UUID {
            try await fleet.publish(
                try fleet.document(definitions, backends: ["lava"], version: version, retries: retries)
            )
        }

        /// The lab itself is asked: every attempt is so many lab jobs, and there are no others.
        func expectOneLabJobEach(
            exceptFor members: [UUID: Int] = [:],
            sourceLocation: SourceLocation = #_sourceLocation
        ) async throws {
            let attempts = Set(try await fleet.attempts())
            let made = try await lab.jobsByTag()
            let wanted = Dictionary(uniqueKeysWithValues: attempts.map { ($0, members[$0] ?? 1) })
            #expect(made == wanted, "lab jobs by attempt", sourceLocation: sourceLocation)
            let unmarked = try await lab.jobs().filter { $0.tag == nil }.count
            #expect(unmarked == 0, "every lab job is marked", sourceLocation: sourceLocation)
        }
    }

    /// What a real lab needs more time for than a simulated one.
    static let settings: [String: [String: String]] = [
        "backend": ["request_timeout_seconds": "5"],
        "submitter": ["doubt_settle_seconds": "3"],
    ]

    /// Polls so seldom that whatever is noticed in a test is noticed by other means.
    static let eventsOnly = [
        "poll_interval_seconds": "600", "event_poll_interval_seconds": "600", "reconcile_interval_seconds": "600",
        "sweep_interval_seconds": "600",
    ]

    /// Sets up a fleet of which nothing runs yet. Afterwards the lab is idle, whatever the test left behind.
    static func with(
        token: String? = nil,
        settings: [String: [String: String]] = [:],
        _ body: @Sendable (Bench) async throws -> Void
    ) async throws {
        let lab = try RealLab()
        let api = try TestProxy(to: lab.address.url)
        let stream = try TestProxy(to: lab.address.eventsURL ?? lab.address.url)
        defer {
            api.close()
            stream.close()
        }
        var seen = lab.address
        seen.url = try api.instead(of: lab.address.url)
        seen.eventsURL = try lab.address.eventsURL.map(stream.instead)
        if let token { seen.token = token }
        let all = Self.settings.merging(settings) { $0.merging($1) { _, new in new } }
        let result: Result<Void, any Error>
        do {
            try await TestFleet.with(labs: ["lava"], real: ["lava": seen], settings: all) { fleet in
                try await body(Bench(fleet: fleet, lab: lab, api: api, stream: stream))
            }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await lab.clear()
        try await RealLab.restartPublisher()
        try result.get()
    }
}
