// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import Fleet
import FleetStore
import Foundation
import NIOCore
import NIOHTTP1
import Postgres
import Synchronization
import Testing

/// Real workers that are told by SIGHUP to read their configuration again.
@Suite("Another configuration for workers that run", .serialized, .timeLimit(.minutes(10)))
struct ReloadTests {
    private static let labs = ["lab-a", "lab-b"]

    /// What one task tells another.
    private final class Flag: Sendable {
        private let value = Mutex(false)
        var isRaised: Bool { value.withLock { $0 } }
        func raise() { value.withLock { $0 = true } }
    }

    @Test("A lab that is added gets its jobs, also those that waited already, and one that is removed gets no more")
    func labs() async throws {
        try await TestFleet.with(labs: Self.labs) { fleet in
            let address = try fleet.address(of: "lab-b")
            try fleet.forget("lab-b")
            try fleet.startAll()
            try await fleet.waitUntilAtWork()

            try fleet.reconfigure("lab-b") { $0 = address }
            try await fleet.reload(.ingest)
            let id = try await fleet.publish(
                try fleet.document(Array(repeating: TestFleet.definition(), count: 10), backends: Self.labs)
            )
            try await eventually("the lab that all know to have finished its jobs") {
                try await fleet.store.jobset(id: id)?.pending == 5
            }
            for role in [TestFleet.Role.submitter, .watcher] {
                let output = try await fleet.reload(role)
                #expect(output.contains("backends.lab-b.url"))
                #expect(!output.contains(try #require(address.token)), "no value is logged")
            }
            let status = try await fleet.waitUntilFinished(id)
            #expect(status.outcomes == ["complete": 10])
            try await fleet.waitForCallback(of: id)
            try await fleet.expectExactlyOnce([id], labs: Self.labs)

            try fleet.forget("lab-b")
            for role in TestFleet.Role.allCases { try await fleet.reload(role) }
            let later = try await fleet.publish(try fleet.document([TestFleet.definition()], version: "2"))
            _ = try await fleet.waitUntilFinished(later)
            #expect(try fleet.labJobsByTag("lab-b").count == 5)
            #expect(fleet.running.count == TestFleet.Role.allCases.count, "nobody was restarted")
        }
    }

    @Test("A token that is replaced is used without a restart")
    func token() async throws {
        try await TestFleet.with { fleet in
            let address = try fleet.address(of: "lab-a")
            try fleet.reconfigure("lab-a") { $0.token = "not-the-token" }
            try fleet.startAll()
            let id = try await fleet.publish(try fleet.document([TestFleet.definition()]))
            try await eventually("the lab to be stopped") {
                try await fleet.postgres.query("select stopped_reason is not null from backend", idempotent: true)
                    .one().decode(Bool.self)
            }
            try fleet.reconfigure("lab-a") { $0 = address }
            for role in [TestFleet.Role.submitter, .watcher] {
                let output = try await fleet.reload(role)
                #expect(output.contains("keys=backends.lab-a.token"), "\(output)")
                #expect(!output.contains("not-the-token"))
            }
            #expect(try await fleet.waitUntilFinished(id).outcomes == ["complete": 1])
        }
    }

    @Test("A configuration with faults is refused with each of them, and work goes on with the one before")
    func refused() async throws {
        try await TestFleet.with { fleet in
            let port = try ReservedPort()
            let metrics = ["MUSTER_METRICS_LISTEN": "127.0.0.1:\(port.number)"]
            try fleet.startAll()
            let watched = try fleet.launch("muster-submitter", as: .submitter, environment: metrics)
            try await fleet.waitUntilAtWork()
            let good = try String(contentsOf: fleet.configurationFile, encoding: .utf8)
            try fleet.rewriteConfiguration { text in
                text = text.replacing("submitter:\n", with: "submitter:\n  no_such_key: 7\n  queue_length: none\n")
                    .replacing("url: http://127", with: "url: gopher://127")
            }
            for worker in fleet.running {
                worker.hangUp()
                try await eventually("\(worker.name) to refuse") {
                    worker.output.contains("the configuration is refused, and the one before stays in force")
                }
                for key in ["submitter.no_such_key", "submitter.queue_length", "backends.lab-a.url"] {
                    #expect(worker.output.contains("key=\(key)"), "\(worker.name): \(key)")
                }
            }
            let id = try await fleet.publish(try fleet.document([TestFleet.definition()]))
            #expect(try await fleet.waitUntilFinished(id).outcomes == ["complete": 1])

            try fleet.rewriteConfiguration { $0 = good }
            watched.hangUp()
            try await eventually("the right one to be taken") {
                let text = try await Self.metrics(port.number)
                return text.contains(#"muster_configuration_reloads_total{outcome="refused"} 1"#)
                    && text.contains(#"muster_configuration_reloads_total{outcome="taken"} 1"#)
            }
        }
    }

    @Test("A configuration whose servers can't be reached is not taken up")
    func unreachable() async throws {
        try await TestFleet.with { fleet in
            try fleet.startAll()
            try await fleet.waitUntilAtWork()
            let submitter = try #require(fleet.running(.submitter).first)
            let good = try TestServers.broker
            let name = try #require(good.firstMatch(of: /:\/\/[^:@]+:/)).output
            try fleet.detour(broker: good.replacing(name, with: "://nobody:"))
            submitter.hangUp()
            try await eventually("it to give up") { submitter.output.contains("the configuration can't be taken up") }
            let id = try await fleet.publish(try fleet.document([TestFleet.definition()]))
            #expect(try await fleet.waitUntilFinished(id).outcomes == ["complete": 1])
        }
    }

    @Test("Whatever happens in between, no job is submitted twice and none is forgotten")
    func storm() async throws {
        try await TestFleet.with(labs: Self.labs, labOptions: ["--devices", "sim=20"]) { fleet in
            try fleet.startAll()
            try await fleet.waitUntilAtWork()
            let id = try await fleet.publish(
                try fleet.document(Array(repeating: TestFleet.definition(), count: 300), backends: Self.labs)
            )
            var rounds = 0
            while try await fleet.store.jobset(id: id)?.state != .finished, rounds < 20 {
                rounds += 1
                for worker in fleet.running {
                    // Several that come at once are one or two.
                    for _ in 0..<3 { worker.hangUp() }
                }
                for worker in fleet.running {
                    try await eventually("\(worker.name) to have done with \(rounds)") {
                        worker.reloads + worker.setbacks >= rounds
                    }
                }
            }
            #expect(rounds > 0)
            let status = try await fleet.waitUntilFinished(id)
            #expect(status.outcomes == ["complete": 300])
            try await fleet.waitForCallback(of: id)
            try await fleet.expectExactlyOnce([id], labs: Self.labs)
            #expect(fleet.running.count == TestFleet.Role.allCases.count, "nobody has ended")
        }
    }

    @Test("A worker that is told to stop stops, whatever it was told before or is told meanwhile")
    func stop() async throws {
        try await TestFleet.with { fleet in
            for role in TestFleet.Role.allCases {
                for order in 0..<3 {
                    let worker = try fleet.start(role)
                    try await eventually("\(role) to be at work") { worker.isAtWork }
                    if order != 1 { worker.hangUp() }
                    if order == 2 {
                        try await eventually("\(role) to have begun") {
                            worker.output.contains("read the configuration")
                        }
                    }
                    worker.terminate()
                    if order != 2 { worker.hangUp() }
                    try await worker.waitUntilExit()
                    #expect(worker.exitStatus == 0, "\(role) \(order): \(worker.output)")
                }
            }
        }
    }

    @Test("A gateway answers all the time, and then by the new configuration")
    func gateway() async throws {
        try await TestFleet.with { fleet in
            try fleet.start(.ingest)
            let id = try await fleet.publish(try fleet.document([TestFleet.definition()]))
            try await eventually("the jobset to be there") { try await fleet.store.jobset(id: id) != nil }
            let (gateway, port) = try await fleet.startGateway()
            let path = "http://127.0.0.1:\(port)/api/v1/jobsets/\(id.uuidString.lowercased())"
            #expect(try await Self.status(path) == 401)
            try fleet.rewriteConfiguration { $0 += "gateway:\n  public_projects: [group/project]\n" }
            let statuses = try await withThrowingTaskGroup(of: Set<Int>.self) { tasks in
                let isOver = Flag()
                defer { isOver.raise() }
                tasks.addTask {
                    var statuses: Set<Int> = []
                    while !isOver.isRaised {
                        // A connection may be refused while the address changes hands. What was taken is answered.
                        if let status = try? await Self.status(path) { statuses.insert(status) }
                    }
                    return statuses
                }
                try await gateway.reload()
                try await eventually("the jobset to be public") { try await Self.status(path) == 200 }
                isOver.raise()
                return try await tasks.next() ?? []
            }
            #expect(statuses.isSubset(of: [401, 200]))

            try fleet.rewriteConfiguration { text in
                text = text.replacing("gateway:\n", with: "gateway:\n  listen: 127.0.0.1:1\n")
            }
            // The environment says where it listens, so that is no change.
            try await gateway.reload()
            #expect(!gateway.output.contains("stay as they were"))
            #expect(try await Self.status(path) == 200)
        }
    }

    @Test("Where a worker listens stays as it is, and the worker says so")
    func fixed() async throws {
        try await TestFleet.with { fleet in
            let (port, other) = (try ReservedPort(), try ReservedPort())
            try fleet.rewriteConfiguration { $0 += "metrics:\n  listen: 127.0.0.1:\(port.number)\n" }
            let worker = try fleet.start(.notifier)
            try await eventually("it to serve metrics") { try await Self.metrics(port.number).contains("muster_") }
            try fleet.rewriteConfiguration { text in
                text = text.replacing(":\(port.number)\n", with: ":\(other.number)\n") + "log: {level: debug}\n"
            }
            try await worker.reload()
            #expect(worker.output.contains("stay as they were until the worker is restarted keys=metrics.listen"))
            #expect(worker.output.contains("keys=log.level "))
            #expect(try await Self.metrics(port.number).contains(#"reloads_total{outcome="taken"} 1"#))
        }
    }

    private static func metrics(_ port: Int) async throws -> String {
        let request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/metrics")
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        return String(buffer: try await response.body.collect(upTo: 1 << 24))
    }

    /// The status of the answer to a request over a connection of its own.
    private static func status(_ url: String) async throws -> Int {
        var request = HTTPClientRequest(url: url)
        request.headers.add(name: "connection", value: "close")
        return Int(try await HTTPClient.shared.execute(request, timeout: .seconds(60)).status.code)
    }
}
