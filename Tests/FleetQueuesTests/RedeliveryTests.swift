// SPDX-License-Identifier: Apache-2.0

import AMQP
import Fleet
import FleetQueues
import Foundation
import Testing

@Suite("Redelivery", .timeLimit(.minutes(10)))
struct RedeliveryTests {
    @Test("A worker whose connection is closed under it gets its message again from the broker, and settles it once")
    func connectionClosed() async throws {
        try await TestQueues.with { test in
            let queue = test.topology.jobs(of: "lab-a")
            let name = "\(test.topology.prefix)-worker"
            let (seen, closed) = (Seen<Bool>(), Seen<Int>())
            try await test.publisher.announce(jobs: [AnnouncedJob(id: 7, backend: "lab-a")])
            try await test.withWorker(
                on: queue,
                connectionName: name,
                handler: { delivery in
                    // The first stays in hand until its connection is gone.
                    if seen.add(delivery.redelivered) == 1 { try await closed.wait(for: 1) }
                    return .done
                },
                {
                    try await seen.wait(for: 1)
                    defer { closed.add(1) }
                    try await Control.closeConnection(named: name)
                    try await seen.wait(for: 2)
                }
            )
            #expect(seen.all == [false, true])
            #expect(try await test.ready(queue) == 0)
            #expect(try await test.deadLetters().isEmpty)
        }
    }

    @Test("A worker that is stopped in the middle leaves its message to the next")
    func stopped() async throws {
        try await TestQueues.with { test in
            let queue = test.topology.jobs(of: "lab-a")
            let (begun, seen) = (Seen<Int>(), Seen<AMQPDelivery>())
            try await test.publisher.announce(jobs: [AnnouncedJob(id: 7, backend: "lab-a")])
            let worker = QueueWorker(
                queue: queue,
                limits: QueueWorker.Limits(prefetch: 1, concurrency: 1),
                configuration: test.configuration,
                publisher: Self.stoppedPublisher(test),
                logger: quietLogger
            ) { _ in
                begun.add(1)
                try await Task.sleep(for: .seconds(600))
                return .done
            }
            let running = Task { try await worker.run() }
            try await begun.wait(for: 1)
            running.cancel()
            _ = await running.result
            try await test.withWorker(
                on: queue,
                handler: { delivery in
                    seen.add(delivery)
                    return .done
                },
                { try await seen.wait(for: 1) }
            )
            #expect(seen.all.count == 1)
            #expect(seen.all.first?.redelivered == true)
            #expect(try await test.ready(queue) == 0)
        }
    }

    /// One that never runs: what is put off through it stays with the broker.
    private static func stoppedPublisher(_ test: TestQueues) -> FleetPublisher {
        var configuration = test.configuration
        configuration.publishTimeout = .milliseconds(100)
        return FleetPublisher(configuration: configuration, topology: test.topology, logger: quietLogger)
    }

    @Test("A message on which workers die again and again is put aside by the broker, with its queue and its reason")
    func deliveryLimit() async throws {
        try await TestQueues.with { test in
            let queue = test.topology.jobs(of: "lab-a")
            try await test.publisher.announce(jobs: [AnnouncedJob(id: 7, backend: "lab-a")])
            let times = try await test.session { session in
                var times = 0
                // What is given back is ready again a little later.
                try await eventually("the broker to put the message aside") {
                    if let got = try await session.get(queue: queue) {
                        times += 1
                        try await got.requeue()
                    }
                    return try await session.messageCount(test.topology.dead)?.messages == 1
                }
                return times
            }
            #expect(times == 21)
            let letter = try #require(try await test.deadLetters().first)
            #expect(letter.reason == "delivery_limit")
            #expect(letter.queue == queue)
            #expect(letter.excerpt == #"{"job":7}"#)
            #expect(letter.since != nil)
            #expect(try await test.ready(queue) == 0)
        }
    }
}
