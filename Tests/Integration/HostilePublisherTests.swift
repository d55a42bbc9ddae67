// SPDX-License-Identifier: Apache-2.0

import AMQP
import Fleet
import FleetQueues
import FleetStore
import Foundation
import Testing

/// A publisher that may do all that the broker lets it do: whatever it sends, no worker ends, no message goes round for
/// ever, and what others send is worked off meanwhile.
@Suite(.serialized, .timeLimit(.minutes(6)))
struct HostilePublisherTests {
    private static let messages = 6_000

    @Test("six thousand hostile messages end no worker, and each is answered, done or put aside with a reason")
    func fuzz() async throws {
        try await TestFleet.with { fleet in
            try fleet.startAll()
            var drawing = HostileDrawing(seed: 7, topology: fleet.topology)
            let publications = (0..<Self.messages).map { _ in drawing.publication() }
            try await AMQPSession.withSession(configuration: fleet.broker, logger: TestFleet.quiet) { session in
                for start in stride(from: 0, to: publications.count, by: 100) {
                    try await withThrowingTaskGroup(of: Void.self) { tasks in
                        for publication in publications[start..<min(start + 100, publications.count)] {
                            tasks.addTask {
                                try await session.publish(
                                    publication.message,
                                    exchange: publication.exchange,
                                    routingKey: publication.routingKey,
                                    mandatory: false
                                )
                            }
                        }
                        try await tasks.waitForAll()
                    }
                }
            }
            // In front of nothing and behind everything: it has its turn all the same.
            let id = try await fleet.publish(
                try fleet.document([TestFleet.definition(["sim.pass": "1"])], version: "good")
            )
            try await eventually(within: .seconds(240), "the queues to be worked off") {
                try await AMQPSession.withSession(configuration: fleet.broker, logger: TestFleet.quiet) { session in
                    let queues =
                        fleet.topology.workQueues
                        + fleet.topology.topology.queues.map(\.name)
                        .filter { $0.contains(".delay.") }
                    for queue in queues where try await session.messageCount(queue)?.messages != 0 { return false }
                    return true
                }
            }
            #expect(try await fleet.waitUntilFinished(id).verdict == .passed)
            for role in TestFleet.Role.allCases { #expect(fleet.running(role).count == 1, "\(role) has ended") }
            let letters = try await AMQPSession.withSession(configuration: fleet.broker, logger: TestFleet.quiet) {
                try await DeadLetters(session: $0, topology: fleet.topology).list(limit: 10_000)
            }
            #expect(!letters.isEmpty)
            #expect(letters.allSatisfy { $0.reason != "unknown" && $0.reason != "delivery_limit" })
        }
    }
}

/// Messages that no part of a fleet would send.
private struct HostileDrawing {
    private var random: SplitMix64
    private let topology: FleetTopology
    private let known: [UInt8]

    init(seed: UInt64, topology: FleetTopology) {
        random = SplitMix64(seed: seed)
        self.topology = topology
        known = Array(
            #"""
            {"build": "/g/p/v", "labels": {"a": "b"}, "retries": 1, "timeout": 3600, "callback": {"url": "http://a",
             "content_type": "text/plain", "payload": "x"}, "jobs": [{"environment": "e", "backend": "lab-a",
             "definition": "a: [1, {b: c}]\n"}]}
            """#.utf8
        )
    }

    mutating func publication() -> AMQPPublication {
        let queues = topology.topology.queues.map(\.name).filter { !$0.hasSuffix(".dead") && !$0.contains(".delay.") }
        let keys = ["jobset", "jobset", "jobset.append", "job.lab-a", "finished.lab-a", "notification"]
        let goesRound = Bool.random(using: &random)
        return AMQPPublication(
            message: AMQPMessage(body: body(), properties: properties()),
            exchange: goesRound ? "" : topology.exchange,
            routingKey: (goesRound ? queues : keys).randomElement(using: &random) ?? "jobset",
            mandatory: false
        )
    }

    private mutating func body() -> [UInt8] {
        switch Int.random(in: 0..<8, using: &random) {
        case 0: return (0..<Int.random(in: 0...64, using: &random)).map { _ in .random(in: 0...255, using: &random) }
        case 1: return Array(#"{"job":\#(number())}"#.utf8)
        case 2: return Array(#"{"lab_job":\#(number())}"#.utf8)
        case 3:
            return Array(#"{"jobset":"\#(random.uuid())","generation":\#(number())}"#.utf8)
        case 4:
            let piece = random.pick(["[", "{\"a\":", "\\u0000"])
            return Array(String(repeating: piece, count: 2_000).utf8)
        case 5: return []
        default:
            var bytes = known
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                bytes[place] = Array(#"{}[]",:\u0e1-+.\9x"#.utf8).randomElement(using: &random) ?? 0
            }
            return bytes
        }
    }

    private mutating func number() -> String {
        [
            "0", "-1", "1", "\(Int.min)", "\(Int.max)", "\(Int32.max)", "1e400", "99999999999999999999", "1.5", "null",
            "\"7\"", "[]", "true",
        ].randomElement(using: &random) ?? "0"
    }

    private mutating func properties() -> AMQPProperties {
        let types = [
            nil, "muster.jobset.v1", "muster.job.v1", "muster.lab-job.v1", "muster.notification.v1", "muster.job.v9",
            String(repeating: "x", count: 255),
        ]
        let texts = [nil, "", "x", "\u{0}", String(repeating: "é", count: 127), random.uuid().uuidString]
        var headers = AMQPTable()
        for name in [
            "x-muster-tries", "x-muster-reason", "x-muster-queue", "x-death", "x-delivery-count", "CC", "other",
        ]
        where Int.random(in: 0..<3, using: &random) == 0 {
            headers[name] = name == "CC" ? .array([.string(topology.notifications)]) : value()
        }
        return AMQPProperties(
            contentType: texts.randomElement(using: &random) ?? nil,
            headers: headers.isEmpty ? nil : headers,
            deliveryMode: Bool.random(using: &random) ? .persistent : nil,
            priority: .random(in: 0...255, using: &random),
            correlationID: texts.randomElement(using: &random) ?? nil,
            replyTo: [nil, nil, topology.dead, topology.notifications, "nowhere"].randomElement(using: &random) ?? nil,
            messageID: texts.randomElement(using: &random) ?? nil,
            timestamp: [nil, 0, .max].randomElement(using: &random) ?? nil,
            type: types.randomElement(using: &random) ?? nil
        )
    }

    private mutating func value() -> AMQPValue {
        [
            .int64(.min), .int64(-5), .int64(0), .int64(1), .int64(.max), .int32(.min), .uint8(.max), .double(-1e300),
            .decimal(scale: 255, value: .max), .string("-5"), .string(String(repeating: "x", count: 4_000)),
            .bytes([0xFF, 0]), .timestamp(.max), .bool(true), .table(["queue": "x", "count": -5]), .void,
            .array([
                .table(["queue": .string("\(topology.prefix).delay.1s"), "reason": "expired", "count": .int64(.max)])
            ]),
        ].randomElement(using: &random) ?? .void
    }
}
