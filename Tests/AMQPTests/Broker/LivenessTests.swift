// SPDX-License-Identifier: Apache-2.0

import AMQP
import TestSupport
import Testing

@Suite("Liveness", .timeLimit(.minutes(10)))
struct LivenessTests {
    private func connections(named name: String) async throws -> [String] {
        let table = try await TestServers.rabbitmqctl("list_connections", "client_properties", "pid")
        return table.split(separator: "\n").filter { $0.contains(name) }.map { String($0.suffix(40)) }
    }

    @Test("a short heartbeat keeps idle publisher and consumer connected while a handler runs for long")
    func idle() async throws {
        let name = TestBroker.uniqueName("idle")
        var configuration = try TestBroker.configuration()
        configuration.heartbeat = .seconds(1)
        configuration.connectionName = name
        let idle = configuration
        try await withQueue { queue in
            let (started, release) = (Collector<Int>(), Collector<Int>())
            let consumer = AMQPConsumer(
                configuration: idle,
                queue: queue,
                prefetch: 1,
                logger: quietLogger
            ) { _ in
                started.add(1)
                _ = try? await release.wait(forCount: 1)
                return .ack
            }
            try await withPublisher(idle) { publisher in
                try await withServices([consumer]) {
                    try await publisher.publish(AMQPMessage(text: "x"), exchange: "", routingKey: queue)
                    try await started.wait(forCount: 1)
                    let before = try await connections(named: name)
                    #expect(before.count == 2)
                    // Five missed beats in a row would cost either side the connection; the broker counts the beats
                    // it got, so this waits for traffic, not for time.
                    try await eventually("five beats", every: .milliseconds(100)) {
                        try await heartbeats(named: name) >= 5
                    }
                    #expect(try await connections(named: name) == before)
                    release.add(1)
                }
                #expect(try await readyMessages(queue) == 0)
                #expect(publisher.isConnected)
            }
        }
    }

    /// Frames that the broker has got, at least, on each connection of this name beyond those of the handshake:
    /// the counter of octets grows by eight with each heartbeat.
    private func heartbeats(named name: String) async throws -> Int {
        let table = try await TestServers.rabbitmqctl("list_connections", "client_properties", "recv_cnt")
        let counts = table.split(separator: "\n").filter { $0.contains(name) }
            .compactMap { $0.split(separator: "\t").last.flatMap { Int($0.trimmingPrefix(while: \.isWhitespace)) } }
        return (counts.min() ?? 0) - 8
    }

    @Test("a peer that goes silent is noticed by its missing heartbeats, and both recover when it is back")
    func silentPeer() async throws {
        let direct = try TestBroker.configuration()
        let proxy = try FreezingProxy(target: direct.port)
        defer { proxy.stop() }
        var configuration = direct
        configuration.host = "127.0.0.1"
        configuration.port = proxy.port
        configuration.heartbeat = .seconds(1)
        configuration.connectTimeout = .seconds(2)
        configuration.handshakeTimeout = .seconds(2)
        let proxied = configuration
        try await withQueue { queue in
            let seen = Collector<String>()
            let consumer = AMQPConsumer(
                configuration: proxied,
                queue: queue,
                prefetch: 5,
                logger: quietLogger
            ) { delivery in
                seen.add(String(decoding: delivery.message.body, as: UTF8.self))
                return .ack
            }
            try await withPublisher(proxied) { publisher in
                try await withServices([consumer]) {
                    try await publisher.publish(AMQPMessage(text: "1"), exchange: "", routingKey: queue)
                    try await seen.wait(forCount: 1)
                    proxy.freeze()
                    let error = await #expect(throws: AMQPError.self) {
                        try await publisher.publish(AMQPMessage(text: "2"), exchange: "", routingKey: queue)
                    }
                    #expect(error?.code == .connectionLost)
                    #expect(error?.isInDoubt == true)
                    try await eventually("both to notice") { !consumer.isConnected && !publisher.isConnected }
                    proxy.thaw()
                    try await publisher.publish(AMQPMessage(text: "3"), exchange: "", routingKey: queue)
                    try await seen.wait { $0.contains("3") }
                    try await consumer.waitUntilConsuming(timeout: patience)
                }
            }
        }
    }

    @Test("a broker that never answers the handshake is given up within the limit")
    func silentHandshake() async throws {
        let proxy = try FreezingProxy(target: try TestBroker.configuration().port)
        defer { proxy.stop() }
        proxy.freeze()
        let configuration = AMQPConfiguration(port: proxy.port, handshakeTimeout: .milliseconds(300))
        let error = await #expect(throws: AMQPError.self) { try await canTalk(configuration) }
        #expect(error?.code == .connectionLost)
    }

    @Test("a broker that stops answering calls is given up within the limit, and closing does not hang")
    func silentCall() async throws {
        let proxy = try FreezingProxy(target: try TestBroker.configuration().port)
        defer { proxy.stop() }
        var configuration = try TestBroker.configuration()
        configuration.host = "127.0.0.1"
        configuration.port = proxy.port
        configuration.rpcTimeout = .milliseconds(500)
        let error = await #expect(throws: AMQPError.self) {
            try await AMQPSession.withSession(configuration: configuration, logger: quietLogger) { session in
                proxy.freeze()
                _ = try await session.messageCount("any")
            }
        }
        #expect(error?.code == .timeout)
    }
}
