// SPDX-License-Identifier: Apache-2.0

import AMQP
import Fleet
import FleetQueues
import Foundation
import Testing

@Suite("Workers", .timeLimit(.minutes(10)))
struct WorkerTests {
    private struct Trouble: Error, CustomStringConvertible {
        var description: String { "the database is away" }
    }

    private static func announce(_ jobs: Int..., in test: TestQueues) async throws {
        try await test.publisher.announce(jobs: jobs.map { AnnouncedJob(id: $0, backend: "lab-a") })
    }

    @Test("What is done is acked and does not come again")
    func done() async throws {
        try await TestQueues.with { test in
            let seen = Seen<Int>()
            try await Self.announce(1, 2, 3, in: test)
            try await test.withJobWorker(
                handler: { message, tries in
                    #expect(tries == 0)
                    seen.add(message.job)
                    return .done
                },
                { try await seen.wait(for: 3) }
            )
            #expect(Set(seen.all) == [1, 2, 3])
            #expect(seen.all.count == 3)
            // The worker has gone: what it had not acked would be ready again.
            #expect(try await test.ready(test.topology.jobs(of: "lab-a")) == 0)
            #expect(try await test.deadLetters().isEmpty)
        }
    }

    @Test("What is put off comes again to its queue after a pause, as itself, with its tries counted")
    func putOff() async throws {
        try await TestQueues.with { test in
            let (queue, seen) = (test.topology.finished(in: "lab-a"), Seen<AMQPDelivery>())
            try await test.publisher.announce(finishedLabJobs: [7], backend: "lab-a")
            try await test.withWorker(
                on: queue,
                handler: { delivery in
                    seen.add(delivery) < 3 ? .retry(after: .milliseconds(10), reason: "not yet") : .done
                },
                { try await seen.wait(for: 3) }
            )
            #expect(seen.all.map { $0.message.properties.headers?["x-muster-tries"]?.integer } == [nil, 1, 2])
            #expect(seen.all.map { $0.message.properties.headers?["x-muster-reason"]?.string }.last == "not yet")
            #expect(Set(seen.all.map(\.message.body)).count == 1)
            #expect(Set(seen.all.map(\.message.properties.type)) == [LabJobMessage.type])
            #expect(seen.all.map(\.routingKey) == ["finished.lab-a", queue, queue])
            for other in [queue, test.topology.jobs(of: "lab-a"), test.topology.finished(in: "lab-b")] {
                #expect(try await test.ready(other) == 0)
            }
        }
    }

    @Test(
        "A pause is rounded up to the next delay there is; the longest bounds it",
        arguments: [(2, "5s"), (5, "5s"), (6, "30s"), (86_400, "30s")]
    )
    func pauses(seconds: Int, delay: String) async throws {
        try await TestQueues.with { test in
            try await Self.announce(1, in: test)
            try await test.withJobWorker(
                handler: { _, _ in .retry(after: .seconds(seconds), reason: "later") },
                { try await test.waitForReady(1, in: "\(test.topology.prefix).delay.\(delay)") }
            )
            #expect(try await test.ready(test.topology.jobs(of: "lab-a")) == 0)
        }
    }

    @Test("What nobody can handle is put aside with its reason and its queue")
    func dead() async throws {
        try await TestQueues.with { test in
            try await Self.announce(7, in: test)
            try await test.withJobWorker(
                handler: { _, _ in .dead(reason: "there is no such job") },
                { try await test.waitForReady(1, in: test.topology.dead) }
            )
            let letter = try #require(try await test.deadLetters().first)
            #expect(letter.reason == "there is no such job")
            #expect(letter.queue == test.topology.jobs(of: "lab-a"))
            #expect(letter.type == JobMessage.type)
            #expect(letter.excerpt == #"{"job":7}"#)
            #expect(letter.since != nil)
            #expect(try await test.ready(test.topology.jobs(of: "lab-a")) == 0)
        }
    }

    @Test("A handler that throws has its message put off, and put aside after the last of its tries")
    func throwing() async throws {
        try await TestQueues.with { test in
            let seen = Seen<Int>()
            try await Self.announce(7, in: test)
            try await test.withJobWorker(
                maximumTries: 1,
                handler: { _, tries in
                    seen.add(tries)
                    throw Trouble()
                },
                { try await test.waitForReady(1, in: test.topology.dead) }
            )
            #expect(seen.all == [0, 1])
            let letter = try #require(try await test.deadLetters().first)
            #expect(letter.reason == "given up after 1 tries: the database is away")
            #expect(letter.queue == test.topology.jobs(of: "lab-a"))
        }
    }

    @Test("A handler that puts off for ever is bounded too")
    func puttingOffForEver() async throws {
        try await TestQueues.with { test in
            try await Self.announce(7, in: test)
            try await test.withJobWorker(
                maximumTries: 0,
                handler: { _, _ in .retry(after: .seconds(1), reason: "the lab is full") },
                { try await test.waitForReady(1, in: test.topology.dead) }
            )
            #expect(try await test.deadLetters().first?.reason == "given up after 0 tries: the lab is full")
        }
    }

    @Test("Messages that can't be read are put aside alone, while their neighbours are handled")
    func unreadable() async throws {
        try await TestQueues.with { test in
            let (queue, seen) = (test.topology.jobs(of: "lab-a"), Seen<Int>())
            func send(_ body: String, _ type: String?) async throws {
                try await test.publish(AMQPMessage(text: body, properties: AMQPProperties(type: type)), to: queue)
            }
            try await Self.announce(1, in: test)
            try await send("{", JobMessage.type)
            try await send(#"{"job":"seven"}"#, JobMessage.type)
            try await send(#"{"job":99999999999999999999}"#, JobMessage.type)
            try await Self.announce(2, in: test)
            try await send(#"{"job":3}"#, "muster.job.v2")
            try await send(#"{"job":3}"#, nil)
            try await test.publish(AMQPMessage(body: [0xff, 0, 0xfe], properties: AMQPProperties()), to: queue)
            try await Self.announce(4, in: test)
            try await test.withJobWorker(
                handler: { message, _ in
                    seen.add(message.job)
                    return .done
                },
                {
                    try await seen.wait(for: 3)
                    try await test.waitForReady(6, in: test.topology.dead)
                }
            )
            #expect(seen.all == [1, 2, 4])
            #expect(try await test.ready(queue) == 0)
            let letters = try await test.deadLetters()
            #expect(letters.allSatisfy { $0.queue == queue })
            #expect(
                Set(letters.map(\.reason)) == [
                    "its body is not a muster.job.v1", "its type is muster.job.v2, this queue takes muster.job.v1",
                    "its type is missing, this queue takes muster.job.v1",
                ]
            )
        }
    }

    @Test("What lies aside is handled again with all its tries, or dropped, as a person says")
    func requeued() async throws {
        try await TestQueues.with { test in
            let seen = Seen<Int>()
            try await Self.announce(7, 8, in: test)
            try await test.withJobWorker(
                maximumTries: 0,
                handler: { _, _ in throw Trouble() },
                { try await test.waitForReady(2, in: test.topology.dead) }
            )
            try await test.session { session in
                let dead = DeadLetters(session: session, topology: test.topology)
                let letters = try await dead.list(limit: 10)
                let first = try #require(letters.first { $0.excerpt.contains("7") })
                let moved = try await dead.requeue(.keys([first.key]))
                #expect(moved.moved.map(\.key) == [first.key])
                #expect(moved.homeless.isEmpty)
                #expect(try await dead.drop(.all).map(\.excerpt) == [#"{"job":8}"#])
                #expect(try await dead.count() == 0)
            }
            try await test.withJobWorker(
                handler: { message, tries in
                    #expect(tries == 0)
                    seen.add(message.job)
                    return .done
                },
                { try await seen.wait(for: 1) }
            )
            #expect(seen.all == [7])
        }
    }

    @Test("What one look at the dead letters gives back, the next look finds, however soon it comes")
    func lookedAtAgain() async throws {
        try await TestQueues.with { test in
            try await test.session { session in
                for number in 1...20 {
                    let message = AMQPMessage(text: "letter \(number)")
                    try await session.publish(message, exchange: test.topology.dead, routingKey: "")
                }
            }
            for _ in 1...20 {
                // Another connection each time, so that nothing but the broker's own order counts.
                #expect(try await test.deadLetters().count == 20)
                let seen = try await test.session { session in
                    let dead = DeadLetters(session: session, topology: test.topology)
                    let (all, first) = (try await dead.count(), try await dead.list(limit: 3).count)
                    return [all, first, try await dead.requeue(.all).homeless.count]
                }
                #expect(seen == [20, 3, 20])
            }
        }
    }
}
