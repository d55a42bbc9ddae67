// SPDX-License-Identifier: Apache-2.0

import AMQP
import Logging
import ServiceLifecycle

/// Publishes a greeting, and returns what a consumer was given.
func greet(broker url: String, queue: String) async throws -> String? {
    let configuration = try AMQPConfiguration(url: url)
    let topology = AMQPTopology(queues: [AMQPQueue(name: queue)])
    let logger = Logger(label: "greeting")
    let (greetings, taken) = AsyncStream.makeStream(of: String.self)

    let publisher = AMQPPublisher(configuration: configuration, topology: topology, logger: logger)
    let consumer = AMQPConsumer(
        configuration: configuration,
        topology: topology,
        queue: queue,
        prefetch: 10,
        logger: logger
    ) { delivery in
        taken.yield(String(decoding: delivery.message.body, as: UTF8.self))
        return .ack
    }

    let services = ServiceGroup(services: [publisher, consumer], logger: logger)
    async let running: Void = services.run()
    try await publisher.publish(AMQPMessage(text: "hello"), exchange: "", routingKey: queue)
    let greeting = await greetings.first { _ in true }
    await services.triggerGracefulShutdown()
    try await running
    return greeting
}
