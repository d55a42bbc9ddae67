// SPDX-License-Identifier: Apache-2.0

internal import CRabbitMQ

extension RawConnection {
    /// Writes one method.
    func send(channel: UInt16, _ method: ClientMethod) throws(AMQPError) {
        var arena = Arena()
        switch method {
        case .connectionClose:
            var fields = unsafe amqp_connection_close_t()
            unsafe (fields.reply_code, fields.reply_text) = (200, arena.bytes("Goodbye".utf8))
            unsafe try send(channel: 0, AMQP_CONNECTION_CLOSE_METHOD, &fields)
        case .connectionCloseOk:
            var fields = amqp_connection_close_ok_t()
            try send(channel: 0, AMQP_CONNECTION_CLOSE_OK_METHOD, &fields)
        case .channelOpen:
            var fields = unsafe amqp_channel_open_t()
            unsafe try send(channel: channel, AMQP_CHANNEL_OPEN_METHOD, &fields)
        case .channelClose:
            var fields = unsafe amqp_channel_close_t()
            unsafe (fields.reply_code, fields.reply_text) = (200, arena.bytes("Goodbye".utf8))
            unsafe try send(channel: channel, AMQP_CHANNEL_CLOSE_METHOD, &fields)
        case .channelCloseOk:
            var fields = amqp_channel_close_ok_t()
            try send(channel: channel, AMQP_CHANNEL_CLOSE_OK_METHOD, &fields)
        case .channelFlowOk(let active):
            var fields = amqp_channel_flow_ok_t(active: active ? 1 : 0)
            try send(channel: channel, AMQP_CHANNEL_FLOW_OK_METHOD, &fields)
        case .confirmSelect:
            var fields = amqp_confirm_select_t()
            try send(channel: channel, AMQP_CONFIRM_SELECT_METHOD, &fields)
        case .exchangeDeclare, .exchangeDelete, .queueDeclare, .queuePurge, .queueDelete, .bind:
            try sendTopology(channel: channel, method, &arena)
        case .basicQos, .basicConsume, .basicCancel, .basicGet, .basicAck, .basicNack:
            try sendBasic(channel: channel, method, &arena)
        }
    }

    private func sendTopology(channel: UInt16, _ method: ClientMethod, _ arena: inout Arena) throws(AMQPError) {
        switch method {
        case .exchangeDeclare(let exchange, let passive):
            var fields = unsafe amqp_exchange_declare_t()
            unsafe fields.exchange = try arena.shortString(exchange.name, what: "name of the exchange")
            unsafe fields.type = try arena.shortString(exchange.kind.rawValue, what: "kind of the exchange")
            unsafe (fields.passive, fields.durable) = (passive ? 1 : 0, exchange.durable ? 1 : 0)
            unsafe (fields.auto_delete, fields.internal) = (exchange.autoDelete ? 1 : 0, exchange.isInternal ? 1 : 0)
            unsafe fields.arguments = try arena.table(exchange.arguments)
            unsafe try send(channel: channel, AMQP_EXCHANGE_DECLARE_METHOD, &fields)
        case .exchangeDelete(let name):
            var fields = unsafe amqp_exchange_delete_t()
            unsafe fields.exchange = try arena.shortString(name, what: "name of the exchange")
            unsafe try send(channel: channel, AMQP_EXCHANGE_DELETE_METHOD, &fields)
        case .queueDeclare(let queue, let passive):
            var fields = unsafe amqp_queue_declare_t()
            unsafe fields.queue = try arena.shortString(queue.name, what: "name of the queue")
            unsafe (fields.passive, fields.durable) = (passive ? 1 : 0, queue.durable ? 1 : 0)
            unsafe (fields.auto_delete, fields.exclusive) = (queue.autoDelete ? 1 : 0, queue.exclusive ? 1 : 0)
            unsafe fields.arguments = try arena.table(queue.arguments)
            unsafe try send(channel: channel, AMQP_QUEUE_DECLARE_METHOD, &fields)
        case .queuePurge(let name):
            var fields = unsafe amqp_queue_purge_t()
            unsafe fields.queue = try arena.shortString(name, what: "name of the queue")
            unsafe try send(channel: channel, AMQP_QUEUE_PURGE_METHOD, &fields)
        case .queueDelete(let name):
            var fields = unsafe amqp_queue_delete_t()
            unsafe fields.queue = try arena.shortString(name, what: "name of the queue")
            unsafe try send(channel: channel, AMQP_QUEUE_DELETE_METHOD, &fields)
        case .bind(let binding):
            try sendBinding(channel: channel, binding, &arena)
        default:
            break
        }
    }

    private func sendBinding(channel: UInt16, _ binding: AMQPBinding, _ arena: inout Arena) throws(AMQPError) {
        let exchange = unsafe try arena.shortString(binding.exchange, what: "name of the exchange")
        let routingKey = unsafe try arena.shortString(binding.routingKey, what: "routing key")
        switch binding.destination {
        case .queue(let name):
            var fields = unsafe amqp_queue_bind_t()
            unsafe fields.queue = try arena.shortString(name, what: "name of the queue")
            unsafe (fields.exchange, fields.routing_key) = (exchange, routingKey)
            unsafe fields.arguments = try arena.table(binding.arguments)
            unsafe try send(channel: channel, AMQP_QUEUE_BIND_METHOD, &fields)
        case .exchange(let name):
            var fields = unsafe amqp_exchange_bind_t()
            unsafe fields.destination = try arena.shortString(name, what: "name of the exchange")
            unsafe (fields.source, fields.routing_key) = (exchange, routingKey)
            unsafe fields.arguments = try arena.table(binding.arguments)
            unsafe try send(channel: channel, AMQP_EXCHANGE_BIND_METHOD, &fields)
        }
    }

    private func sendBasic(channel: UInt16, _ method: ClientMethod, _ arena: inout Arena) throws(AMQPError) {
        switch method {
        case .basicQos(let prefetch):
            var fields = amqp_basic_qos_t()
            fields.prefetch_count = prefetch
            try send(channel: channel, AMQP_BASIC_QOS_METHOD, &fields)
        case .basicConsume(let queue, let consumerTag, let arguments):
            var fields = unsafe amqp_basic_consume_t()
            unsafe fields.queue = try arena.shortString(queue, what: "name of the queue")
            unsafe fields.consumer_tag = try arena.shortString(consumerTag, what: "consumer tag")
            unsafe fields.arguments = try arena.table(arguments)
            unsafe try send(channel: channel, AMQP_BASIC_CONSUME_METHOD, &fields)
        case .basicCancel(let consumerTag):
            var fields = unsafe amqp_basic_cancel_t()
            unsafe fields.consumer_tag = try arena.shortString(consumerTag, what: "consumer tag")
            unsafe try send(channel: channel, AMQP_BASIC_CANCEL_METHOD, &fields)
        case .basicGet(let queue):
            var fields = unsafe amqp_basic_get_t()
            unsafe fields.queue = try arena.shortString(queue, what: "name of the queue")
            unsafe try send(channel: channel, AMQP_BASIC_GET_METHOD, &fields)
        case .basicAck(let deliveryTag, let multiple):
            var fields = amqp_basic_ack_t(delivery_tag: deliveryTag, multiple: multiple ? 1 : 0)
            try send(channel: channel, AMQP_BASIC_ACK_METHOD, &fields)
        case .basicNack(let deliveryTag, let requeue):
            var fields = amqp_basic_nack_t(delivery_tag: deliveryTag, multiple: 0, requeue: requeue ? 1 : 0)
            try send(channel: channel, AMQP_BASIC_NACK_METHOD, &fields)
        default:
            break
        }
    }
}
