// SPDX-License-Identifier: Apache-2.0

import AMQP
import Fleet
import FleetQueues
import Foundation
import Testing

/// A broker refuses what is published while a queue is being set up, or is full.
@Suite("Publishing what the broker refuses", .timeLimit(.minutes(10)))
struct RefusalTests {
    /// A queue that takes one message and refuses every other, on the way of all job messages of `lab-a`.
    private static func withObstacle(_ body: @Sendable (TestQueues, _ obstacle: String) async throws -> Void)
        async throws
    {
        try await TestQueues.with { test in
            let obstacle = "\(test.topology.exchange)_obstacle"
            let full: AMQPTable = ["x-queue-type": "classic", "x-max-length": 1, "x-overflow": "reject-publish"]
            try await test.session { session in
                try await session.declare(
                    AMQPTopology(
                        queues: [AMQPQueue(name: obstacle, arguments: full)],
                        bindings: [
                            AMQPBinding(
                                exchange: test.topology.exchange,
                                queue: obstacle,
                                routingKey: "job.lab-a"
                            )
                        ]
                    )
                )
            }
            do {
                try await test.publisher.announce(jobs: [AnnouncedJob(id: 1, backend: "lab-a")])
                try await body(test, obstacle)
            } catch {
                _ = try? await test.session { try await $0.deleteQueue(obstacle) }
                throw error
            }
            _ = try await test.session { try await $0.deleteQueue(obstacle) }
        }
    }

    @Test("What is refused for a moment is published again, and nothing else with it")
    func passes() async throws {
        try await Self.withObstacle { test, obstacle in
            // What was not refused has arrived: the first try is over.
            async let removed: Void = test.session { session in
                try await eventually("the first try") {
                    try await session.messageCount(test.topology.jobs(of: "lab-b"))?.messages == 1
                }
                _ = try await session.deleteQueue(obstacle)
            }
            try await test.publisher.announce(
                jobs: [
                    AnnouncedJob(id: 2, backend: "lab-a"), AnnouncedJob(id: 3, backend: "lab-b"),
                    AnnouncedJob(id: 4, backend: "lab-a"),
                ]
            )
            try await removed
            #expect(try await test.ready(test.topology.jobs(of: "lab-b")) == 1)
            // The first try of what was refused reached the other queue.
            #expect(try await test.ready(test.topology.jobs(of: "lab-a")) ?? 0 >= 3)
        }
    }

    @Test("What is refused again and again is an error")
    func stays() async throws {
        try await Self.withObstacle { test, _ in
            await #expect(throws: AMQPBatchError.self) {
                try await test.publisher.announce(jobs: [AnnouncedJob(id: 2, backend: "lab-a")])
            }
        }
    }
}
