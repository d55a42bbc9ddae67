// SPDX-License-Identifier: Apache-2.0

/// A message fetched by ``AMQPSession/get(queue:)``, to be settled within the session.
public struct AMQPGotMessage: Sendable {
    /// The message with its address.
    public let delivery: AMQPDelivery
    /// How many messages the queue still held.
    public let remaining: Int

    let connection: Connection
    let channel: UInt16
    let deliveryTag: UInt64

    /// The message itself.
    public var message: AMQPMessage { delivery.message }

    /// It is done with.
    public func ack() async throws(AMQPError) { try await settle(.ack) }

    /// It goes back to its queue.
    public func requeue() async throws(AMQPError) { try await settle(.requeue) }

    /// It is dead-lettered or dropped.
    public func reject() async throws(AMQPError) { try await settle(.reject) }

    private func settle(_ settlement: AMQPSettlement) async throws(AMQPError) {
        guard await connection.settle(channel: channel, deliveryTag: deliveryTag, settlement) else {
            throw AMQPError(.connectionLost, "The message went back to its queue when its channel was closed.")
        }
    }
}
