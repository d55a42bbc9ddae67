// SPDX-License-Identifier: Apache-2.0

/// The methods this client sends, but for `basic.publish`, which comes with content.
enum ClientMethod: Sendable, Hashable {
    case connectionClose
    case connectionCloseOk
    case channelOpen
    case channelClose
    case channelCloseOk
    case channelFlowOk(active: Bool)
    case exchangeDeclare(AMQPExchange, passive: Bool)
    case exchangeDelete(String)
    case queueDeclare(AMQPQueue, passive: Bool)
    case queuePurge(String)
    case queueDelete(String)
    case bind(AMQPBinding)
    case basicQos(prefetch: UInt16)
    case basicConsume(queue: String, consumerTag: String, arguments: AMQPTable)
    case basicCancel(consumerTag: String)
    case basicGet(queue: String)
    case basicAck(deliveryTag: UInt64, multiple: Bool)
    case basicNack(deliveryTag: UInt64, requeue: Bool)
    case confirmSelect
}

extension ClientMethod {
    /// The wire form of a settlement.
    static func settle(_ settlement: AMQPSettlement, deliveryTag: UInt64) -> ClientMethod {
        switch settlement {
        case .ack: .basicAck(deliveryTag: deliveryTag, multiple: false)
        case .requeue: .basicNack(deliveryTag: deliveryTag, requeue: true)
        case .reject: .basicNack(deliveryTag: deliveryTag, requeue: false)
        }
    }

    /// Whether `reply` answers this call.
    func isAnswered(by reply: ServerMethod) -> Bool {
        switch (self, reply) {
        case (.connectionClose, .connectionCloseOk), (.channelOpen, .channelOpenOk), (.channelClose, .channelCloseOk),
            (.exchangeDeclare, .exchangeDeclareOk), (.exchangeDelete, .exchangeDeleteOk),
            (.queueDeclare, .queueDeclareOk), (.queuePurge, .queuePurgeOk), (.queueDelete, .queueDeleteOk),
            (.basicQos, .basicQosOk), (.basicConsume, .basicConsumeOk), (.basicCancel, .basicCancelOk),
            (.basicGet, .basicGetOk), (.basicGet, .basicGetEmpty), (.confirmSelect, .confirmSelectOk):
            true
        case (.bind(let binding), .queueBindOk):
            if case .queue = binding.destination { true } else { false }
        case (.bind(let binding), .exchangeBindOk):
            if case .exchange = binding.destination { true } else { false }
        default:
            false
        }
    }

    /// What the call is about, for an error: names only.
    var summary: String {
        switch self {
        case .connectionClose, .connectionCloseOk: "close the connection"
        case .channelOpen: "open a channel"
        case .channelClose, .channelCloseOk: "close a channel"
        case .channelFlowOk: "answer a flow request"
        case .exchangeDeclare(let exchange, _): "declare exchange '\(exchange.name)'"
        case .exchangeDelete(let name): "delete exchange '\(name)'"
        case .queueDeclare(let queue, let passive): "\(passive ? "look up" : "declare") queue '\(queue.name)'"
        case .queuePurge(let name): "purge queue '\(name)'"
        case .queueDelete(let name): "delete queue '\(name)'"
        case .bind(let binding): "bind \(binding.destination) to exchange '\(binding.exchange)'"
        case .basicQos: "set the prefetch count"
        case .basicConsume(let queue, _, _): "consume queue '\(queue)'"
        case .basicCancel: "cancel a consumer"
        case .basicGet(let queue): "fetch from queue '\(queue)'"
        case .basicAck, .basicNack: "settle a delivery"
        case .confirmSelect: "turn on confirms"
        }
    }
}
