// SPDX-License-Identifier: Apache-2.0

/// What a call was answered with.
enum CallReply: Sendable, Equatable {
    case method(ServerMethod)
    case message(ReceivedMessage, remaining: UInt32)
}

/// A message as it came, with what is needed to settle it.
struct ReceivedMessage: Sendable, Equatable {
    var address: DeliveryAddress
    var message: AMQPMessage

    /// What a handler gets to see.
    var delivery: AMQPDelivery {
        AMQPDelivery(
            message: message,
            exchange: address.exchange,
            routingKey: address.routingKey,
            redelivered: address.redelivered,
            consumerTag: address.consumerTag
        )
    }
}

extension ServerMethod {
    /// The name of the case, without what it carries: a message may hold secrets.
    var name: String {
        let text = String(describing: self)
        return String(text.prefix { $0 != "(" })
    }
}
