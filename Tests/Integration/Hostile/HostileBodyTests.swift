// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Synchronization
import TestSupport
import Testing

/// Bodies that are made to cost: the gateway keeps within its memory, and others are answered meanwhile.
@Suite("Bodies that are made to cost", .serialized, .timeLimit(.minutes(10)))
struct HostileBodyTests {
    /// What docs/security.md promises, for a debug build too.
    private static let maximumMemory = 208 << 20

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
        /// Whether there is anything to wait for.
        var waits = true
    }

    /// The head of a request with a body.
    private static func post(_ path: String, _ type: String, _ length: Int?, _ token: String?) -> String {
        "POST \(path) HTTP/1.1\r\nHost: x\r\nContent-Type: \(type)\r\n"
            + (length.map { "Content-Length: \($0)\r\n" } ?? "Transfer-Encoding: chunked\r\n")
            + (token.map { "Authorization: Bearer \($0)\r\n" } ?? "") + "\r\n"
    }

    private static func attacks(_ tokens: [String], _ jobset: UUID) -> [Attack] {
        largeBodies(tokens, jobset) + manyBodies(tokens, jobset) + manyHeads()
    }

    /// Bodies of the largest size, two or more at a time.
    private static func largeBodies(_ tokens: [String], _ jobset: UUID) -> [Attack] {
        let form = Array(String(repeating: "a&", count: 31 << 19).utf8)
        let lines = Array("{}\n".utf8) + Array(String(repeating: "1\n", count: 31 << 20).utf8)
        let definition = String(repeating: "x", count: 9 << 20)
        let job = #"{"environment":"e","backend":"lab-a","definition":"a: \#(definition)"}"#
        let entries = [job, job, job, job, job, job]
        let jobs = entries.joined(separator: ",")
        let longLines = Array((["{\"build\":\"/other/p/1\"}"] + entries).joined(separator: "\n").utf8)
        let document = Array(#"{"build":"/other/p/1","jobs":[\#(jobs)]}"#.utf8)
        let single = Array(#"{"build":"/other/p/1","jobs":[\#(job)]}"#.utf8)
        let addition = Array(#"{"jobs":[\#(jobs)]}"#.utf8)
        let yaml = Array("build: /other/p/1\njobs:\n".utf8) + Array(String(repeating: "\n", count: 15 << 20).utf8)
        let definitionForm = Array("backend=nowhere&definition=a%3A+\(definition)".utf8)
        let (jobsets, submitJob) = ("/api/v1/jobsets", "/api/submitjob/h/p/1/e")
        let (json, urlEncoded) = ("application/json", "application/x-www-form-urlencoded")
        func attack(
            _ name: String,
            _ path: String,
            _ type: String,
            _ body: [UInt8],
            _ statuses: Set<Int>,
            clients: Int = 2
        ) -> Attack {
            let head: @Sendable (Int) -> String = { post(path, type, body.count, tokens[$0 % tokens.count]) }
            return Attack(name: name, clients: clients, head: head, body: body, statuses: statuses)
        }
        return [
            attack("forms of very many fields", submitJob, urlEncoded, form, [400, 413, 503]),
            attack("forms with a large definition", submitJob, urlEncoded, definitionForm, [400, 503], clients: 8),
            attack("very many JSON lines", jobsets, "application/jsonl", lines, [400, 503]),
            attack("long JSON lines", jobsets, "application/jsonl", longLines, [403, 503]),
            attack("documents of the largest size", jobsets, json, document, [403, 503]),
            attack("definitions of the largest size", jobsets, json, single, [403, 503], clients: 8),
            attack("additions of the largest size", "\(jobsets)/\(jobset.text)/jobs", json, addition, [202, 409, 503]),
            attack("YAML of the largest size", jobsets, "application/yaml", yaml, [400, 413, 503]),
        ]
    }

    /// Smaller bodies, on nearly all connections that the gateway takes.
    private static func manyBodies(_ tokens: [String], _ jobset: UUID) -> [Attack] {
        let small = [UInt8](repeating: 0x20, count: 1 << 20)
        let numbers = Array("{\"jobs\":[0\(String(repeating: ",0", count: 500_000))]}".utf8)
        let chunks = Array(String(repeating: "1\r\n \r\n", count: 20_000).utf8)
        let cancel = "/api/v1/jobsets/\(jobset.text)/cancel"
        func attack(
            _ name: String,
            _ path: String,
            _ body: [UInt8],
            _ statuses: Set<Int>,
            clients: Int = 900,
            hasToken: Bool = true,
            dribbles: Bool = true,
            isChunked: Bool = false
        ) -> Attack {
            let head: @Sendable (Int) -> String = { client in
                let token = hasToken ? tokens[client % tokens.count] : nil
                return post(path, "application/json", isChunked ? nil : body.count, token)
            }
            return Attack(
                name: name,
                clients: clients,
                head: head,
                body: body,
                dribbles: dribbles,
                statuses: statuses
            )
        }
        return [
            attack("bodies that nobody may send", cancel, small, [401], hasToken: false),
            attack("bodies that end late", "/api/v1/jobsets", small, [400, 408, 503]),
            attack("bodies in small chunks", "/api/v1/jobsets", chunks, [400, 408, 503], isChunked: true),
            attack("lists of small numbers", cancel, numbers, [202, 409, 503], clients: 100, dribbles: false),
        ]
    }

    /// What stands before any body, and needs no token.
    private static func manyHeads() -> [Attack] {
        let ask = "GET /api/version HTTP/1.1\r\nHost: x\r\n"
        let large = ask + String(repeating: "X-A: \(String(repeating: "a", count: 300))\r\n", count: 90)
        return [
            Attack(
                name: "heads that end late",
                clients: 900,
                head: { _ in large },
                body: Array("X-B: b\r\n".utf8),
                dribbles: true,
                statuses: [],
                waits: false
            ),
            Attack(
                name: "small requests by the thousand ahead",
                clients: 900,
                head: { _ in ask + "\r\n" },
                body: Array(String(repeating: ask + "\r\n", count: 2_000).utf8),
                statuses: [200, 429]
            ),
            Attack(
                name: "large requests ahead",
                clients: 200,
                head: { _ in large + "\r\n" },
                body: Array(String(repeating: large + "\r\n", count: 10).utf8),
                statuses: [200, 429]
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
            let tokens = [
                try await fleet.store.newToken(["h/p", "group/*"]), try await fleet.store.newToken(["h/p", "group/*"]),
            ]
            let other = try await fleet.store.newToken()
            for attack in Self.attacks(tokens, id) {
                let (statuses, slowest) = try await Self.run(attack, port, other)
                print(
                    "\(attack.name): answered \(statuses.sorted { $0.key < $1.key }), others within \(slowest), ",
                    "\(gateway.peakMemory >> 20) MiB so far"
                )
                #expect(Set(statuses.keys).isSubset(of: attack.statuses), "\(attack.name): \(statuses)")
                #expect(statuses.isEmpty == !attack.waits)
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
        for connection in connections where attack.waits {
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
