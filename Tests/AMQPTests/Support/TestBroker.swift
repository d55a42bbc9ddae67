// SPDX-License-Identifier: Apache-2.0

import AMQP
import Foundation
import Logging
import ServiceLifecycle
import Testing

/// The private broker that the environment names. A missing variable fails the test: it never skips it.
enum TestBroker {
    struct Missing: Error, CustomStringConvertible {
        let variable: String
        var description: String {
            "\(variable) is not set: these tests need a private RabbitMQ (deploy/stack up, deploy/stack env)."
        }
    }

    static let logger = Logger(label: "amqp-tests") { _ in SwiftLogNoOpLogHandler() }

    static func variable(_ name: String) throws -> String {
        guard let value = ProcessInfo.processInfo.environment[name], !value.isEmpty else {
            throw Missing(variable: name)
        }
        return value
    }

    static func configuration() throws -> AMQPConfiguration {
        var configuration = try AMQPConfiguration(url: variable("MUSTER_TEST_AMQP_URL"))
        configuration.firstReconnectDelay = .milliseconds(50)
        configuration.maximumReconnectDelay = .seconds(1)
        return configuration
    }

    static func tlsConfiguration() throws -> AMQPConfiguration {
        var configuration = try AMQPConfiguration(url: variable("MUSTER_TEST_AMQP_TLS_URL"))
        // rabbitmq-c 0.11 compares the names of a certificate, never its addresses.
        if configuration.host == "127.0.0.1" { configuration.host = "localhost" }
        configuration.tls?.certificateAuthorityFile = try variable("MUSTER_TEST_CA_FILE")
        return configuration
    }

    static func uniqueName(_ what: String) -> String { "amqp-test-\(what)-\(UUID().uuidString.lowercased())" }

    /// Runs `rabbitmqctl` against the private broker and answers what it printed.
    @discardableResult
    static func control(_ arguments: String...) async throws -> String {
        let command = try variable("MUSTER_TEST_RABBITMQCTL")
        return try await withCheckedThrowingContinuation { continuation in
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments = ["-c", "\(command) \"$@\"", "rabbitmqctl", "-q"] + arguments
            let output = Pipe()
            process.standardOutput = output
            process.standardError = output
            Thread.detachNewThread {
                do {
                    try process.run()
                    let data = output.fileHandleForReading.readDataToEndOfFile()
                    process.waitUntilExit()
                    let text = String(decoding: data, as: UTF8.self)
                    guard process.terminationStatus == 0 else { throw CommandFailed(output: text) }
                    continuation.resume(returning: text)
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
    }

    struct CommandFailed: Error { let output: String }
}

/// Runs a service, lends it to `body`, shuts it down gracefully and waits for its end.
func withRunning<Result: Sendable>(
    _ service: any Service,
    _ body: @Sendable () async throws -> Result
) async throws -> Result {
    let group = ServiceGroup(
        configuration: .init(
            services: [.init(service: service, successTerminationBehavior: .ignore)],
            logger: TestBroker.logger
        )
    )
    return try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        let result: Swift.Result<Result, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
        return try result.get()
    }
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
        logger: TestBroker.logger
    )
    return try await withRunning(publisher) { try await body(publisher) }
}

func withSession<Result: Sendable>(
    _ body: @Sendable (AMQPSession) async throws -> Result
) async throws -> Result {
    try await AMQPSession.withSession(configuration: TestBroker.configuration(), logger: TestBroker.logger) {
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
    try await AMQPSession.withSession(configuration: configuration, logger: TestBroker.logger) {
        try await $0.exchangeExists("amq.topic")
    }
}
