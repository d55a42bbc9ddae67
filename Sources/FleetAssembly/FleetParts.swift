// SPDX-License-Identifier: Apache-2.0

package import AMQP
package import FleetOperations
package import FleetQueues
package import FleetRuntime
package import FleetStore
package import Logging
package import Postgres
package import ServiceLifecycle
import Traces

/// What every worker is made of: the store, the queues and the names, all from one configuration.
package struct FleetParts: Sendable {
    /// What they were made from.
    package let configuration: FleetConfiguration
    package let logger: Logger
    /// The pool below ``store``.
    package let postgres: PostgresClient
    /// All that is kept.
    package let store: FleetStore
    /// How to reach the broker.
    package let broker: AMQPConfiguration
    /// The names of exchanges and queues.
    package let topology: FleetTopology
    /// Where what follows from a step is published.
    package let publisher: FleetPublisher
    /// What exports spans, if anything does.
    private let traces: [any Service]

    /// The parts of the worker `name`, not yet running.
    ///
    /// - Parameter needsBroker: Whether the worker ends when the broker refuses it at the start. One that has other things
    ///   to do goes on trying.
    /// - Throws: when a URL of the configuration can't be used.
    package init(name: String, configuration: FleetConfiguration, logger: Logger, needsBroker: Bool = true) throws {
        MetricsRegistry.describe(MetricDescription.all)
        FleetMetric.startAtZero(
            worker: name.replacing("muster-", with: ""),
            backends: configuration.backends.keys.sorted()
        )
        self.configuration = configuration
        traces = TraceExport.services(name: name, configuration: configuration, logger: logger)
        self.logger = logger
        var broker = try configuration.amqpConfiguration(name: name)
        broker.survivesRefusal = !needsBroker
        self.broker = broker
        self.postgres = PostgresClient(
            configuration: try configuration.postgresConfiguration(name: name),
            logger: logger
        )
        self.store = FleetStore(client: postgres)
        self.topology = FleetTopology(prefix: configuration.broker.prefix, backends: configuration.backends.keys)
        self.publisher = FleetPublisher(configuration: broker, topology: topology, logger: logger)
    }

    /// What has to run below every worker, in the order in which it is started.
    package var services: [any Service] {
        let interval = configuration.database.schemaCheckInterval
        return traces + [postgres, publisher, SchemaWatch(store: store, interval: interval, logger: logger)]
    }

    /// A worker on one of the fleet's queues.
    ///
    /// The broker hands out no more messages than are handled at once: what lay in hand and waited for its turn would
    /// look like a lost message to the sweep.
    package func worker<Message: FleetMessage>(
        _ type: Message.Type,
        queue: String,
        concurrency: Int,
        handler: @escaping @Sendable (_ message: Message, _ tries: Int) async throws -> Disposition
    ) -> QueueWorker {
        QueueWorker(
            type,
            queue: queue,
            limits: QueueWorker.Limits(prefetch: concurrency, concurrency: concurrency),
            configuration: broker,
            publisher: publisher,
            logger: logger,
            handler: handler
        )
    }
}

extension JobAnnouncer {
    /// An announcer for all labs of the configuration.
    package init(_ parts: FleetParts) {
        let queueLength = parts.configuration.submitter.queueLength
        let terms = parts.configuration.backends.mapValues { backend in
            QueueTerms(maximumInFlight: backend.maximumInFlight, queueLength: queueLength)
        }
        self.init(store: parts.store, publisher: parts.publisher, terms: terms)
    }
}
