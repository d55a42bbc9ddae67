// SPDX-License-Identifier: Apache-2.0

import AMQP
import TestSupport
import Testing

/// What upsets more than one connection, one after the other. Connections are closed in a virtual host of the test's
/// own. The memory alarm holds for the whole broker: whoever publishes meanwhile, in other suites too, waits some
/// seconds, well within the default limit of a publish.
@Suite("Broker-wide upsets", .serialized, .timeLimit(.minutes(10)))
struct BrokerWideTests {
    /// Lends a virtual host that nobody else uses.
    private func withVirtualHost(_ body: @Sendable (AMQPConfiguration) async throws -> Void) async throws {
        var configuration = try TestBroker.configuration()
        configuration.virtualHost = TestBroker.uniqueName("host")
        let (host, user) = (configuration.virtualHost, configuration.user)
        try await TestServers.rabbitmqctl("add_vhost", host)
        try await TestServers.rabbitmqctl("set_permissions", "-p", host, user, ".*", ".*", ".*")
        let result: Result<Void, any Error>
        do { result = .success(try await body(configuration)) } catch { result = .failure(error) }
        try await TestServers.rabbitmqctl("delete_vhost", host)
        try result.get()
    }

    @Test("of a thousand messages and more, published while all connections are closed three times, every one arrives")
    func closedConnections() async throws {
        try await withVirtualHost { configuration in
            let queue = "upset"
            let topology = AMQPTopology(queues: [AMQPQueue(name: queue, arguments: ["x-queue-type": "quorum"])])
            let seen = Collector<String>()
            let consumer = AMQPConsumer(
                configuration: configuration,
                topology: topology,
                queue: queue,
                prefetch: 50,
                logger: quietLogger
            ) { delivery in
                seen.add(delivery.message.properties.messageID ?? "")
                return .ack
            }
            try await withPublisher(configuration, topology: topology) { publisher in
                try await withServices([consumer]) {
                    try await consumer.waitUntilConsuming(timeout: patience)
                    let expected = try await publishThroughUpsets(publisher, queue, configuration.virtualHost)
                    #expect(expected.count >= 1000)
                    try await eventually("every message to be seen") { Set(seen.elements) == expected }
                }
            }
        }
    }

    /// Ten callers publish a hundred messages each and go on until all connections were closed three times; answers
    /// the ids of all that were confirmed.
    private func publishThroughUpsets(
        _ publisher: AMQPPublisher,
        _ queue: String,
        _ virtualHost: String
    ) async throws -> Set<String> {
        let confirmed = Collector<String>()
        let upsets = Collector<Int>()
        let publishOne: @Sendable (Int, Int) async throws -> Void = { worker, number in
            try await publishUntilConfirmed("\(worker)-\(number)", publisher, queue)
            confirmed.add("\(worker)-\(number)")
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<10 {
                group.addTask {
                    var number = 0
                    while number < 100 || upsets.elements.count < 3 {
                        try await publishOne(worker, number)
                        number += 1
                    }
                }
            }
            for count in 1...3 {
                try await confirmed.wait(forCount: confirmed.elements.count + 1)
                try await TestServers.rabbitmqctl("close_all_connections", "--vhost", virtualHost, "upset")
                upsets.add(count)
            }
            try await group.waitForAll()
        }
        return Set(confirmed.elements)
    }

    /// What a caller does who wants at least once: in doubt, again.
    private func publishUntilConfirmed(_ id: String, _ publisher: AMQPPublisher, _ queue: String) async throws {
        let message = AMQPMessage(body: [], properties: AMQPProperties(messageID: id))
        for _ in 0..<20 {
            do {
                try await publisher.publish(message, exchange: "", routingKey: queue)
                return
            } catch {
                guard error.isInDoubt else { throw error }
            }
        }
        Issue.record("\(id) was in doubt twenty times.")
    }

    @Test("a memory alarm blocks publishes up to their limit and acks not at all, and passes")
    func memoryAlarm() async throws {
        try await withQueue { queue in
            let (started, release) = (Collector<Int>(), Collector<Int>())
            let consumer = AMQPConsumer(
                configuration: try TestBroker.configuration(),
                queue: queue,
                prefetch: 100,
                logger: quietLogger
            ) { _ in
                started.add(1)
                _ = try? await release.wait(forCount: 1)
                return .ack
            }
            let shortLimit = try Self.impatient()
            try await withPublisher(try Self.patient()) { patient in
                try await withPublisher(shortLimit) { publisher in
                    try await withServices([consumer]) {
                        let message = AMQPMessage(text: "x")
                        try await patient.publish(message, exchange: "", routingKey: queue)
                        try await Self.untilInTime(publisher, message, queue)
                        try await started.wait(forCount: 2)
                        try await withMemoryAlarm {
                            try await blocked(publisher, patient, queue: queue, release: release)
                        }
                        try await Self.untilInTime(publisher, message, queue)
                        try await started.wait(forCount: 4)
                    }
                }
            }
        }
    }

    /// It waits out the alarm, however long `rabbitmqctl` takes to start.
    private static func patient() throws -> AMQPConfiguration {
        var configuration = try TestBroker.configuration()
        configuration.publishTimeout = .seconds(300)
        return configuration
    }

    /// Publishes until it is done within the publisher's limit, which is short for a busy machine.
    private static func untilInTime(_ publisher: AMQPPublisher, _ message: AMQPMessage, _ queue: String) async throws {
        try await eventually("a publish within its limit") {
            do {
                try await publisher.publish(message, exchange: "", routingKey: queue)
                return true
            } catch let error as AMQPError where error.code == .timeout {
                return false
            }
        }
    }

    private static func impatient() throws -> AMQPConfiguration {
        var configuration = try TestBroker.configuration()
        configuration.publishTimeout = .seconds(2)
        // Beats must find room even when the broker reads nothing and every buffer is full.
        configuration.heartbeat = .seconds(1)
        return configuration
    }

    /// Has the broker believe that its memory is short while `body` runs.
    private func withMemoryAlarm(_ body: @Sendable () async throws -> Void) async throws {
        try await TestServers.rabbitmqctl("set_vm_memory_high_watermark", "0.0001")
        let result: Result<Void, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        try await TestServers.rabbitmqctl("set_vm_memory_high_watermark", "0.4")
        try result.get()
    }

    private func blocked(
        _ publisher: AMQPPublisher,
        _ patient: AMQPPublisher,
        queue: String,
        release: Collector<Int>
    ) async throws {
        // 20 MB fill every buffer between here and there: the thread must not hang in a write.
        let big = AMQPMessage(body: [UInt8](repeating: 1, count: 20 << 20))
        for round in 1...3 {
            let error = await #expect(throws: AMQPError.self) {
                try await publisher.publish(big, exchange: "", routingKey: queue)
            }
            #expect(error?.code == .timeout)
            // The first was under way when the broker closed the tap; the others were never begun.
            #expect(error?.isInDoubt == (round == 1))
        }
        #expect(publisher.isConnected)
        let late = Task { try await patient.publish(AMQPMessage(text: "late"), exchange: "", routingKey: queue) }
        release.add(1)
        try await eventually("every message to be acknowledged", every: .milliseconds(100)) {
            let table = try await TestServers.rabbitmqctl("list_queues", "name", "messages_unacknowledged")
            return table.contains("\(queue)\t0")
        }
        try await TestServers.rabbitmqctl("set_vm_memory_high_watermark", "0.4")
        try await late.value
    }
}
