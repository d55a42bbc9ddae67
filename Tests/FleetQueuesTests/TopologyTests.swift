// SPDX-License-Identifier: Apache-2.0

import AMQP
import Fleet
import FleetQueues
import Foundation
import Testing

@Suite("Topology", .timeLimit(.minutes(10)))
struct TopologyTests {
    @Test("Everything can be declared again and again, and stands")
    func declared() async throws {
        try await TestQueues.with { test in
            try await test.session { session in
                for _ in 0..<2 { try await session.declare(test.topology.topology) }
                for queue in test.topology.topology.queues {
                    #expect(try await session.messageCount(queue.name)?.messages == 0, "\(queue.name)")
                }
                for exchange in test.topology.topology.exchanges {
                    #expect(try await session.exchangeExists(exchange.name), "\(exchange.name)")
                }
            }
        }
    }

    @Test("A fleet with one more lab declares what is new beside what stands")
    func oneMore() async throws {
        try await TestQueues.with { test in
            let more = FleetTopology(prefix: test.topology.prefix, backends: ["lab-a", "lab-b", "lab-c"])
            try await test.session { session in
                try await session.declare(more.topology)
                #expect(try await session.messageCount(more.jobs(of: "lab-c"))?.messages == 0)
                for queue in more.workQueues { _ = try await session.deleteQueue(queue) }
            }
        }
    }

    @Test("Jobs, lab jobs and notifications go to their own queues")
    func routes() async throws {
        try await TestQueues.with { test in
            let jobs = [AnnouncedJob(id: 1, backend: "lab-a"), AnnouncedJob(id: 2, backend: "lab-b")]
            try await test.publisher.announce(jobs: jobs)
            try await test.publisher.announce(finishedLabJobs: [3], backend: "lab-b")
            let jobset = UUID()
            try await test.publisher.announce(finished: [FinishedJobset(id: jobset, generation: 1)])
            try await test.publisher.publish(jobset: [123, 125], id: jobset, replyTo: nil, correlationID: nil)
            let topology = test.topology
            try await test.session { session in
                func taken(_ queue: String) async throws -> AMQPMessage {
                    let got = try #require(try await session.get(queue: queue))
                    try await got.ack()
                    #expect(got.remaining == 0)
                    #expect(got.message.properties.deliveryMode == .persistent)
                    return got.message
                }
                #expect(try await text(taken(topology.jobs(of: "lab-a"))) == #"muster.job.v1 {"job":1}"#)
                #expect(try await text(taken(topology.jobs(of: "lab-b"))) == #"muster.job.v1 {"job":2}"#)
                #expect(try await text(taken(topology.finished(in: "lab-b"))) == #"muster.lab-job.v1 {"lab_job":3}"#)
                let notification = #"muster.notification.v1 {"generation":1,"jobset":"\#(jobset.uuidString)"}"#
                #expect(try await text(taken(topology.notifications)) == notification)
                let document = try await taken(topology.jobsets)
                #expect(text(document) == "muster.jobset.v1 {}")
                #expect(document.properties.messageID == jobset.uuidString.lowercased())
                #expect(try await session.get(queue: topology.finished(in: "lab-a")) == nil)
            }
        }
    }

    private func text(_ message: AMQPMessage) -> String {
        "\(message.properties.type ?? "") \(String(decoding: message.body, as: UTF8.self))"
    }

    @Test("A job for a lab without a queue is not taken for sent")
    func unroutable() async throws {
        try await TestQueues.with { test in
            await #expect(throws: (any Error).self) {
                try await test.publisher.announce(jobs: [AnnouncedJob(id: 1, backend: "lab-z")])
            }
        }
    }

    @Test("5,000 jobs are announced in one call, each once")
    func many() async throws {
        try await TestQueues.with { test in
            let jobs = (1...5_000).map { AnnouncedJob(id: $0, backend: "lab-a") }
            try await test.publisher.announce(jobs: jobs)
            try await test.waitForReady(5_000, in: test.topology.jobs(of: "lab-a"))
            let seen = Seen<Int>()
            try await test.withJobWorker(
                concurrency: 16,
                prefetch: 500,
                handler: { message, _ in
                    seen.add(message.job)
                    return .done
                },
                { try await seen.wait(for: 5_000) }
            )
            #expect(seen.all.count == 5_000)
            #expect(Set(seen.all) == Set(1...5_000))
        }
    }
}
