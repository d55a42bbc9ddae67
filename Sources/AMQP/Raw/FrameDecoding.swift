// SPDX-License-Identifier: Apache-2.0

internal import CRabbitMQ

extension ServerFrame {
    /// A copy of a frame; nil for kinds this client has no use for.
    init?(_ frame: amqp_frame_t) {
        switch unsafe Int32(frame.frame_type) {
        case AMQP_FRAME_METHOD:
            self = unsafe .method(channel: frame.channel, ServerMethod(frame.payload.method))
        case AMQP_FRAME_HEADER:
            let properties = unsafe frame.payload.properties
            // Class 60 is basic, the only one with content; anything else would be decoded into another shape.
            guard unsafe properties.class_id == 60, let decoded = unsafe properties.decoded else { return nil }
            let basic = unsafe decoded.assumingMemoryBound(to: amqp_basic_properties_t.self).pointee
            self = unsafe .header(
                channel: frame.channel,
                bodySize: properties.body_size,
                properties: AMQPProperties(basic)
            )
        case AMQP_FRAME_BODY:
            self = unsafe .body(channel: frame.channel, frame.payload.body_fragment.copied)
        case AMQP_FRAME_HEARTBEAT:
            self = .heartbeat
        default:
            return nil
        }
    }
}

extension ServerMethod {
    /// A copy of a method.
    init(_ method: amqp_method_t) {
        guard let decoded = unsafe method.decoded else {
            self = unsafe .other(method: method.id)
            return
        }
        func fields<Fields>(_ type: Fields.Type) -> Fields {
            unsafe decoded.assumingMemoryBound(to: type).pointee
        }
        switch unsafe method.id {
        case AMQP_CONNECTION_CLOSE_METHOD:
            let close = unsafe fields(amqp_connection_close_t.self)
            self = unsafe .connectionClose(
                CloseReason(
                    replyCode: close.reply_code,
                    replyText: close.reply_text.text,
                    classID: close.class_id,
                    methodID: close.method_id
                )
            )
        case AMQP_CONNECTION_CLOSE_OK_METHOD: self = .connectionCloseOk
        case AMQP_CONNECTION_BLOCKED_METHOD:
            self = unsafe .connectionBlocked(reason: fields(amqp_connection_blocked_t.self).reason.text)
        case AMQP_CONNECTION_UNBLOCKED_METHOD: self = .connectionUnblocked
        case AMQP_CHANNEL_OPEN_OK_METHOD: self = .channelOpenOk
        case AMQP_CHANNEL_FLOW_METHOD:
            self = .channelFlow(active: fields(amqp_channel_flow_t.self).active != 0)
        case AMQP_CHANNEL_CLOSE_METHOD:
            let close = unsafe fields(amqp_channel_close_t.self)
            self = unsafe .channelClose(
                CloseReason(
                    replyCode: close.reply_code,
                    replyText: close.reply_text.text,
                    classID: close.class_id,
                    methodID: close.method_id
                )
            )
        case AMQP_CHANNEL_CLOSE_OK_METHOD: self = .channelCloseOk
        case AMQP_EXCHANGE_DECLARE_OK_METHOD: self = .exchangeDeclareOk
        case AMQP_EXCHANGE_DELETE_OK_METHOD: self = .exchangeDeleteOk
        case AMQP_EXCHANGE_BIND_OK_METHOD: self = .exchangeBindOk
        case AMQP_QUEUE_BIND_OK_METHOD: self = .queueBindOk
        case AMQP_CONFIRM_SELECT_OK_METHOD: self = .confirmSelectOk
        case AMQP_QUEUE_DECLARE_OK_METHOD:
            let ok = unsafe fields(amqp_queue_declare_ok_t.self)
            self = unsafe .queueDeclareOk(
                queue: ok.queue.text,
                messages: ok.message_count,
                consumers: ok.consumer_count
            )
        case AMQP_QUEUE_PURGE_OK_METHOD:
            self = .queuePurgeOk(messages: fields(amqp_queue_purge_ok_t.self).message_count)
        case AMQP_QUEUE_DELETE_OK_METHOD:
            self = .queueDeleteOk(messages: fields(amqp_queue_delete_ok_t.self).message_count)
        default:
            self = unsafe ServerMethod(basic: method.id, decoded: decoded)
        }
    }

    private init(basic id: amqp_method_number_t, decoded: UnsafeMutableRawPointer) {
        func fields<Fields>(_ type: Fields.Type) -> Fields {
            unsafe decoded.assumingMemoryBound(to: type).pointee
        }
        switch id {
        case AMQP_BASIC_QOS_OK_METHOD: self = .basicQosOk
        case AMQP_BASIC_CONSUME_OK_METHOD:
            self = unsafe .basicConsumeOk(consumerTag: fields(amqp_basic_consume_ok_t.self).consumer_tag.text)
        case AMQP_BASIC_CANCEL_OK_METHOD:
            self = unsafe .basicCancelOk(consumerTag: fields(amqp_basic_cancel_ok_t.self).consumer_tag.text)
        case AMQP_BASIC_CANCEL_METHOD:
            self = unsafe .basicCancel(consumerTag: fields(amqp_basic_cancel_t.self).consumer_tag.text)
        case AMQP_BASIC_RETURN_METHOD:
            let back = unsafe fields(amqp_basic_return_t.self)
            self = unsafe .basicReturn(
                ReturnReason(
                    replyCode: back.reply_code,
                    replyText: back.reply_text.text,
                    exchange: back.exchange.text,
                    routingKey: back.routing_key.text
                )
            )
        case AMQP_BASIC_DELIVER_METHOD:
            let deliver = unsafe fields(amqp_basic_deliver_t.self)
            self = unsafe .basicDeliver(
                DeliveryAddress(
                    consumerTag: deliver.consumer_tag.text,
                    deliveryTag: deliver.delivery_tag,
                    redelivered: deliver.redelivered != 0,
                    exchange: deliver.exchange.text,
                    routingKey: deliver.routing_key.text
                )
            )
        case AMQP_BASIC_GET_OK_METHOD:
            let got = unsafe fields(amqp_basic_get_ok_t.self)
            let address = unsafe DeliveryAddress(
                consumerTag: "",
                deliveryTag: got.delivery_tag,
                redelivered: got.redelivered != 0,
                exchange: got.exchange.text,
                routingKey: got.routing_key.text
            )
            self = unsafe .basicGetOk(address, remaining: got.message_count)
        case AMQP_BASIC_GET_EMPTY_METHOD: self = .basicGetEmpty
        case AMQP_BASIC_ACK_METHOD:
            let ack = fields(amqp_basic_ack_t.self)
            self = .basicAck(deliveryTag: ack.delivery_tag, multiple: ack.multiple != 0)
        case AMQP_BASIC_NACK_METHOD:
            let nack = fields(amqp_basic_nack_t.self)
            self = .basicNack(deliveryTag: nack.delivery_tag, multiple: nack.multiple != 0)
        default: self = .other(method: id)
        }
    }
}
