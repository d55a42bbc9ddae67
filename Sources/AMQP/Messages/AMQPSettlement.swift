// SPDX-License-Identifier: Apache-2.0

/// What becomes of a delivery.
public enum AMQPSettlement: String, Sendable, Hashable {
    /// It is done with.
    case ack
    /// It goes back to its queue and counts towards `x-delivery-limit`.
    case requeue
    /// It is dead-lettered if the queue has a dead-letter exchange, else dropped.
    case reject
}
