// SPDX-License-Identifier: Apache-2.0

import AMQP
import FleetQueues
import Synchronization

/// Workers whose handlers write down what they were given.
extension TestQueues {
    /// Runs a worker of job messages on `lab-a`'s queue around `body`.
    func withJobWorker(
        concurrency: Int = 1,
        prefetch: Int = 10,
        maximumTries: Int = 2_000,
        maximumLastingTries: Int = 5,
        handler: @escaping @Sendable (JobMessage, Int) async throws -> Disposition,
        _ body: @Sendable () async throws -> Void
    ) async throws {
        let worker = QueueWorker(
            JobMessage.self,
            queue: topology.jobs(of: "lab-a"),
            limits: QueueWorker.Limits(
                prefetch: prefetch,
                concurrency: concurrency,
                maximumTries: maximumTries,
                maximumLastingTries: maximumLastingTries
            ),
            configuration: configuration,
            publisher: publisher,
            logger: quietLogger,
            handler: handler
        )
        try await run(worker, body)
    }

    /// Runs a worker of whatever comes to `queue` around `body`.
    func withWorker(
        on queue: String,
        connectionName: String? = nil,
        handler: @escaping @Sendable (AMQPDelivery) async throws -> Disposition,
        _ body: @Sendable () async throws -> Void
    ) async throws {
        var configuration = configuration
        configuration.connectionName = connectionName
        let worker = QueueWorker(
            queue: queue,
            limits: QueueWorker.Limits(prefetch: 10, concurrency: 4),
            configuration: configuration,
            publisher: publisher,
            logger: quietLogger,
            handler: handler
        )
        try await run(worker, body)
    }

    private func run(_ worker: QueueWorker, _ body: @Sendable () async throws -> Void) async throws {
        try await withServices([worker]) {
            try await worker.waitUntilConsuming(timeout: patience)
            try await body()
        }
    }
}

/// What came, in its order.
final class Seen<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])

    var all: [Value] { values.withLock { $0 } }

    /// Returns how many there are now.
    @discardableResult
    func add(_ value: Value) -> Int {
        values.withLock {
            $0.append(value)
            return $0.count
        }
    }

    func wait(for count: Int) async throws {
        try await eventually("\(count) of \(Value.self), found \(all.count)") { self.all.count >= count }
    }
}
