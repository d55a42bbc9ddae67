// SPDX-License-Identifier: Apache-2.0

import AMQP
import Foundation
import TestSupport

/// The private broker that the environment names.
enum TestBroker {
    static func configuration() throws -> AMQPConfiguration {
        var configuration = try AMQPConfiguration(url: TestServers.broker)
        configuration.firstReconnectDelay = .milliseconds(50)
        configuration.maximumReconnectDelay = .seconds(1)
        return configuration
    }

    static func tlsConfiguration() throws -> AMQPConfiguration {
        var configuration = try AMQPConfiguration(url: TestServers.required("MUSTER_TEST_AMQP_TLS_URL"))
        // rabbitmq-c 0.11 compares the names of a certificate, never its addresses.
        if configuration.host == "127.0.0.1" { configuration.host = "localhost" }
        configuration.tls?.certificateAuthorityFile = try TestServers.required("MUSTER_TEST_CA_FILE")
        return configuration
    }

    static func uniqueName(_ what: String) -> String { "amqp-test-\(what)-\(UUID().uuidString.lowercased())" }
}

func withPublisher<Result: Sendable>(
    _ configuration: AMQPConfiguration? = nil,
    topology: AMQPTopology = .init(),
    maximumUnconfirmed: Int = 1000,
    _ body: @Sendable (AMQPPublisher) async throws -> Result
) async throws -> Result {
    let publisher = AMQPPublisher(
        configuration: try configuration ?? TestBroker.configuration(),
        topology: topology,
        maximumUnconfirmed: maximumUnconfirmed,
        logger: quietLogger
    )
    return try await withServices([publisher]) { try await body(publisher) }
}

func withSession<Result: Sendable>(
    _ body: @Sendable (AMQPSession) async throws -> Result
) async throws -> Result {
    try await AMQPSession.withSession(configuration: TestBroker.configuration(), logger: quietLogger) {
        try await body($0)
    }
}

/// Declares a queue of the test's own, and deletes it whatever happens.
func withQueue<Result: Sendable>(
    arguments: AMQPTable = [:],
    _ body: @Sendable (String) async throws -> Result
) async throws -> Result {
    let name = TestBroker.uniqueName("queue")
    try await withSession {
        try await $0.declare(AMQPTopology(queues: [AMQPQueue(name: name, arguments: arguments)]))
    }
    let result: Swift.Result<Result, any Error>
    do { result = .success(try await body(name)) } catch { result = .failure(error) }
    _ = try await withSession { try await $0.deleteQueue(name) }
    return try result.get()
}

/// Ready messages of a queue; nil if there is none.
func readyMessages(_ queue: String) async throws -> Int? {
    try await withSession { try await $0.messageCount(queue)?.messages }
}

/// Whether a broker can be talked to with this configuration.
func canTalk(_ configuration: AMQPConfiguration) async throws -> Bool {
    try await AMQPSession.withSession(configuration: configuration, logger: quietLogger) {
        try await $0.exchangeExists("amq.topic")
    }
}
