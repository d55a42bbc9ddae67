// SPDX-License-Identifier: Apache-2.0

import AMQP
import Fleet
import FleetQueues
import FleetStore
import Foundation
import Postgres
import TestSupport
import Testing

/// 6,000 messages that mean no good, or make no sense, to the real workers of a fleet over the real broker.
@Suite("A hostile publisher", .serialized, .timeLimit(.minutes(10)))
struct HostilePublisherTests {
    private static let seed: UInt64 =
        ProcessInfo.processInfo.environment["MUSTER_TEST_SEED"].flatMap { UInt64($0) } ?? 7
    private static let inputs = 6_000
    private static let batch = 250
    private static let maximumMemory = 200 << 20

    @Test("Whatever it publishes is done, refused or put aside with a reason; no worker falls, and the fleet goes on")
    func publisher() async throws {
        try await TestFleet.with { fleet in
            try fleet.startAll()
            let workers = TestFleet.Role.allCases.flatMap { fleet.running($0) }
            #expect(workers.count == TestFleet.Role.allCases.count)
            let known = try await Self.jobset(fleet)
            let refused = try await Self.publish(fleet, known)
            let fallen = { workers.filter { !$0.isRunning }.map { "\($0.name): \($0.output.suffix(1_000))" } }
            #expect(fallen().isEmpty, "seed \(Self.seed): \(fallen())")
            try await Self.waitUntilQuiet(fleet) { fallen().isEmpty }
            #expect(fallen().isEmpty, "seed \(Self.seed): \(fallen())")
            let memories = workers.map { (name: $0.name, bytes: $0.peakMemory) }
            for (name, bytes) in memories {
                #expect((1..<Self.maximumMemory).contains(bytes), "\(name): \(bytes >> 20) MiB")
            }
            // The fleet does what it is there for.
            let after = try await Self.jobset(fleet)
            #expect(try await fleet.waitUntilFinished(after).outcomes == ["complete": 2])
            // What a worker had not settled would come back when it ends.
            try await fleet.stopAll()
            #expect(try await Self.left(fleet).isEmpty)
            let (dead, reasons) = try await Self.deadLetters(fleet)
            #expect(!reasons.contains("unknown") && !reasons.contains("delivery_limit"))
            #expect(try await fleet.store.counterMismatches(limit: 10).isEmpty)
            let rejected = try await fleet.postgres.query("select from rejected_document", idempotent: true).count
            let jobsets = try await fleet.postgres.query("select from jobset", idempotent: true).count
            print(
                "hostile publisher, seed \(Self.seed): \(jobsets) jobsets, \(rejected) documents refused, \(dead) put aside, "
                    + "\(refused) not taken by the broker;",
                memories.map { "\($0.name) \($0.bytes >> 20) MiB" }.joined(separator: ", ")
            )
            #expect(jobsets > 50 && rejected > 100 && dead > 100)
        }
    }

    private static func jobset(_ fleet: TestFleet) async throws -> UUID {
        let definitions = Array(repeating: TestFleet.definition(), count: 2)
        let id = try await fleet.publish(try fleet.document(definitions, version: "\(UUID())"))
        try await eventually("the jobset to be there") { try await fleet.store.jobset(id: id) != nil }
        return id
    }

    /// - Returns: how many the broker did not take.
    private static func publish(_ fleet: TestFleet, _ known: UUID) async throws -> Int {
        let text = HostileText(random: SplitMix64(seed: seed), jobsets: [known])
        var messages = HostileMessages(text: text, topology: fleet.topology)
        let publisher = AMQPPublisher(configuration: fleet.broker, logger: quietLogger)
        var refused = 0
        try await withServices([publisher]) {
            for _ in 0..<(inputs / batch) {
                do {
                    try await publisher.publish((0..<batch).map { _ in messages.next() })
                } catch let error as AMQPBatchError {
                    refused += error.failures.count
                }
            }
        }
        #expect(refused < inputs / 10, "nearly all of them were published")
        return refused
    }

    /// Until no queue but that of dead letters has a message, or a worker has fallen.
    private static func waitUntilQuiet(_ fleet: TestFleet, while isWell: () -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(150)
        var quiet = 0
        while quiet < 3, isWell() {
            let left = try await left(fleet)
            quiet = left.isEmpty ? quiet + 1 : 0
            guard ContinuousClock.now < deadline else {
                Issue.record("seed \(seed): messages go round and round: \(left)")
                return
            }
            try await Task.sleep(for: .seconds(1))
        }
    }

    private static func left(_ fleet: TestFleet) async throws -> [String: Int] {
        let topology = fleet.topology
        return try await fleet.withSession { session in
            var left: [String: Int] = [:]
            for queue in topology.topology.queues where queue.name != topology.dead {
                let count = try await session.messageCount(queue.name)?.messages ?? 0
                if count > 0 { left[queue.name] = count }
            }
            return left
        }
    }

    private static func deadLetters(_ fleet: TestFleet) async throws -> (count: Int, reasons: Set<String>) {
        let topology = fleet.topology
        return try await fleet.withSession { session in
            let letters = try await DeadLetters(session: session, topology: topology).list(limit: 1_000)
            return (letters.count, Set(letters.map(\.reason)))
        }
    }
}
