// SPDX-License-Identifier: Apache-2.0

/// What a connection tells those who use it, on its own thread: take note and return.
enum ConnectionEvent: Sendable {
    /// The broker stopped (reason) or resumed (nil) taking publishes.
    case blocked(reason: String?)
    /// The connection ended; nil if it was closed on purpose.
    case closed(AMQPError?)
}

/// What a channel tells its owner, on the thread of its connection.
enum ChannelEvent: Sendable {
    /// A message for its consumer.
    case delivery(ReceivedMessage)
    /// The broker ended the consumer: its queue is gone, or moves.
    case consumerCancelled
    /// The channel ended; nil if it was closed on purpose.
    case closed(AMQPError?)
}
