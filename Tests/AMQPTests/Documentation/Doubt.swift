// SPDX-License-Identifier: Apache-2.0

import AMQP
import Foundation

/// Publishes, again if need be. Every try has the same message id, by which a consumer tells a second copy.
func publishSurely(_ text: String, to queue: String, by publisher: AMQPPublisher) async throws {
    let message = AMQPMessage(text: text, properties: AMQPProperties(messageID: UUID().uuidString))
    var tries = 0
    while true {
        do {
            return try await publisher.publish(message, exchange: "", routingKey: queue)
        } catch {
            guard error.isRetriable, tries < 5 else { throw error }
            tries += 1
        }
        try await Task.sleep(for: .seconds(tries))
    }
}
