// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Synchronization
import Testing

/// Bodies that are made to cost: the gateway keeps within its memory, and others are answered meanwhile.
@Suite("Bodies that are made to cost", .serialized, .timeLimit(.minutes(10)))
struct HostileBodyTests {
    /// What a debug build needs at most, a good deal above the 380 MiB that were measured. The aim is 200 MiB.
    private static let maximumMemory = 512 << 20

    /// Whether they are still there.
    private final class Attackers: Sendable {
        private let state = Atomic(false)
        var haveLeft: Bool { state.load(ordering: .relaxed) }
        func leave() { state.store(true, ordering: .relaxed) }
    }

    /// A request of an attacker: what is sent, and what may be the answer.
    private struct Attack: Sendable {
        let name: String
        let clients: Int
        let head: @Sendable (_ client: Int) -> String
        let body: [UInt8]
        /// Whether the body is held back before its end until all clients are there.
        var dribbles = false
        let statuses: Set<Int>
    }

    private static func attacks(_ tokens: [String], _ jobset: UUID) -> [Attack] {
        let post: @Sendable (String, String, Int, String?) -> String = { path, type, length, token in
            "POST \(path) HTTP/1.1\r\nHost: x\r\nContent-Type: \(type)\r\nContent-Length: \(length)\r\n"
                + (token.map { "Authorization: Bearer \($0)\r\n" } ?? "") + "\r\n"
        }
        let form = Array(String(repeating: "a&", count: 31 << 19).utf8)
        let lines = Array("{}\n".utf8) + Array(String(repeating: "1\n", count: 31 << 20).utf8)
        let definition = String(repeating: "x", count: 9 << 20)
        let job = #"{"environment":"e","backend":"lab-a","definition":"a: \#(definition)"}"#
        let document = Array(
            #"{"build":"/other/p/1","jobs":[\#([job, job, job, job, job, job].joined(separator: ","))]}"#.utf8
        )
        let yaml = Array("build: /other/p/1\njobs:\n".utf8) + Array(String(repeating: "\n", count: 15 << 20).utf8)
        let small = [UInt8](repeating: 0x20, count: 1 << 20)
        let cancel = "/api/v1/jobsets/\(jobset.uuidString.lowercased())/cancel"
        return [
            Attack(
                name: "forms of very many fields",
                clients: 2,
                head: { post("/api/submitjob/h/p/1/e", "application/x-www-form-urlencoded", form.count, tokens[$0]) },
                body: form,
                statuses: [400, 413, 503]
            ),
            Attack(
                name: "very many JSON lines",
                clients: 2,
                head: { post("/api/v1/jobsets", "application/jsonl", lines.count, tokens[$0]) },
                body: lines,
                statuses: [400, 503]
            ),
            Attack(
                name: "documents of the largest size",
                clients: 2,
                head: { post("/api/v1/jobsets", "application/json", document.count, tokens[$0]) },
                body: document,
                statuses: [403, 503]
            ),
            Attack(
                name: "YAML of the largest size",
                clients: 2,
                head: { post("/api/v1/jobsets", "application/yaml", yaml.count, tokens[$0]) },
                body: yaml,
                statuses: [400, 413, 503]
            ),
            Attack(
                name: "bodies that nobody may send",
                clients: 900,
                head: { _ in post(cancel, "application/json", small.count, nil) },
                body: small,
                dribbles: true,
                statuses: [401]
            ),
            Attack(
                name: "bodies that end late",
                clients: 900,
                head: { post(cancel, "application/json", small.count, tokens[$0 % 2]) },
                body: small,
                dribbles: true,
                statuses: [400, 408, 503]
            ),
        ]
    }

    @Test("The gateway stays within its memory, and whoever else asks is answered")
    func attacks() async throws {
        try await TestFleet.with { fleet in
            let (gateway, port) = try await fleet.startGateway([
                "MUSTER_GATEWAY_REQUESTS_PER_SECOND": "100000", "MUSTER_GATEWAY_REQUEST_BURST": "100000",
                "MUSTER_GATEWAY_BODY_TIMEOUT_SECONDS": "20",
            ])
            try fleet.start(.ingest)
            let id = try await fleet.publish(try fleet.document([TestFleet.definition()], version: "1"))
            try await eventually("the jobset to be there") { try await fleet.store.jobset(id: id) != nil }
            let tokens = [try await fleet.token(["h/p", "group/*"]), try await fleet.token(["h/p", "group/*"])]
            let other = try await fleet.token()
            for attack in Self.attacks(tokens, id) {
                let (statuses, slowest) = try await Self.run(attack, port, other)
                print(
                    "\(attack.name): answered \(statuses.sorted { $0.key < $1.key }), others within \(slowest), ",
                    "\(gateway.peakMemory >> 20) MiB so far"
                )
                #expect(Set(statuses.keys).isSubset(of: attack.statuses), "\(attack.name): \(statuses)")
                #expect(!statuses.isEmpty)
                #expect(gateway.peakMemory < Self.maximumMemory, "\(attack.name): \(gateway.peakMemory >> 20) MiB")
            }
            #expect(gateway.isRunning)
        }
    }

    /// - Returns: how many answers there were of each status, and the longest that another caller waited for one.
    private static func run(_ attack: Attack, _ port: Int, _ token: String) async throws -> ([Int: Int], Duration) {
        let attackers = Attackers()
        async let slowest = ask(port, token) { attackers.haveLeft }
        let statuses = await withTaskGroup(of: [Int: Int].self) { group in
            for thread in 0..<2 {
                group.addTask {
                    await withCheckedContinuation { continuation in
                        Thread.detachNewThread { continuation.resume(returning: play(attack, thread, port)) }
                    }
                }
            }
            return await group.reduce(into: [:]) { $0.merge($1) { $0 + $1 } }
        }
        attackers.leave()
        return (statuses, try await slowest)
    }

    /// Half of an attack's clients.
    private static func play(_ attack: Attack, _ thread: Int, _ port: Int) -> [Int: Int] {
        var connections: [BlockingConnection] = []
        for client in stride(from: thread, to: attack.clients, by: 2) {
            guard let connection = try? BlockingConnection(port: port) else { continue }
            connection.say(Array(attack.head(client).utf8))
            connection.say(attack.dribbles ? Array(attack.body.dropLast()) : attack.body)
            connections.append(connection)
        }
        var statuses: [Int: Int] = [:]
        for connection in connections {
            // Whoever is refused while it still sends may find the connection closed.
            guard let answer = try? connection.answer(isHead: false) else { continue }
            statuses[answer.status, default: 0] += 1
        }
        return statuses
    }

    /// Asks as somebody else again and again until it is over, and says how long the slowest answer took.
    private static func ask(_ port: Int, _ token: String, until isOver: @escaping @Sendable () -> Bool) async throws
        -> Duration
    {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(
                    with: Result {
                        var slowest = Duration.zero
                        repeat {
                            for path in ["/api/version", "/api/v1/jobsets", "/login"] {
                                let start = ContinuousClock.now
                                let connection = try BlockingConnection(port: port)
                                let head = "GET \(path) HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\n\r\n"
                                connection.say(Array(head.utf8))
                                guard let answer = try connection.answer(isHead: false), answer.status == 200 else {
                                    throw BlockingConnection.Broken(description: "\(path) was not answered")
                                }
                                slowest = max(slowest, ContinuousClock.now - start)
                            }
                            usleep(50_000)
                        } while !isOver()
                        return slowest
                    }
                )
            }
        }
    }
}
