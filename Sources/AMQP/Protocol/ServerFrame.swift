// SPDX-License-Identifier: Apache-2.0

/// Everything a broker can put on the wire after login, as values: nothing here points into the C library.
enum ServerFrame: Sendable, Equatable {
    case method(channel: UInt16, ServerMethod)
    case header(channel: UInt16, bodySize: UInt64, properties: AMQPProperties)
    case body(channel: UInt16, [UInt8])
    case heartbeat
}

/// The methods a broker sends after login.
enum ServerMethod: Sendable, Equatable {
    case connectionClose(CloseReason)
    case connectionCloseOk
    case connectionBlocked(reason: String)
    case connectionUnblocked
    case channelOpenOk
    case channelFlow(active: Bool)
    case channelClose(CloseReason)
    case channelCloseOk
    case exchangeDeclareOk
    case exchangeDeleteOk
    case exchangeBindOk
    case queueDeclareOk(queue: String, messages: UInt32, consumers: UInt32)
    case queueBindOk
    case queuePurgeOk(messages: UInt32)
    case queueDeleteOk(messages: UInt32)
    case basicQosOk
    case basicConsumeOk(consumerTag: String)
    case basicCancelOk(consumerTag: String)
    case basicCancel(consumerTag: String)
    case basicReturn(ReturnReason)
    case basicDeliver(DeliveryAddress)
    case basicGetOk(DeliveryAddress, remaining: UInt32)
    case basicGetEmpty
    case basicAck(deliveryTag: UInt64, multiple: Bool)
    case basicNack(deliveryTag: UInt64, multiple: Bool)
    case confirmSelectOk
    /// A method this client never asks for.
    case other(method: UInt32)
}

/// Why the broker closes a channel or the connection.
struct CloseReason: Sendable, Hashable {
    var replyCode: UInt16
    var replyText: String
    var classID: UInt16 = 0
    var methodID: UInt16 = 0
}

/// Why the broker returns a message, and which it was.
struct ReturnReason: Sendable, Hashable {
    var replyCode: UInt16
    var replyText: String
    var exchange: String
    var routingKey: String
}

/// What stands before the content of a delivery.
struct DeliveryAddress: Sendable, Hashable {
    var consumerTag: String
    var deliveryTag: UInt64
    var redelivered: Bool
    var exchange: String
    var routingKey: String
}

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
