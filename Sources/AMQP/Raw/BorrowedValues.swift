// SPDX-License-Identifier: Apache-2.0

internal import CRabbitMQ

// What the C library lends is copied here at once: it lives until the buffers of its channel are released.

extension amqp_bytes_t {
    /// A copy of the bytes.
    var copied: [UInt8] {
        guard let start = unsafe bytes, unsafe len > 0 else { return [] }
        return unsafe Array(UnsafeRawBufferPointer(start: start, count: len))
    }

    /// A copy of a short string as text. What is not UTF-8 is replaced, which makes it longer: it is cut to the 255
    /// bytes with which it can be sent again.
    var text: String {
        guard let start = unsafe bytes, unsafe len > 0 else { return "" }
        let text = unsafe String(decoding: UnsafeRawBufferPointer(start: start, count: len), as: UTF8.self)
        guard text.utf8.count > 255 else { return text }
        var size = 0
        let kept = text.unicodeScalars.prefix { scalar in
            size += UTF8.width(scalar)
            return size <= 255
        }
        return String(kept)
    }
}

extension AMQPTable {
    /// A copy of a table. What is nested deeper than ``AMQPValue/maximumDepth`` is read as nothing.
    init(_ table: amqp_table_t, depth: Int = 0) {
        self.init()
        guard let entries = unsafe table.entries else { return }
        for index in unsafe 0..<max(0, Int(table.num_entries)) {
            let key = unsafe entries[index].key.text
            let value = unsafe AMQPValue(entries[index].value, depth: depth)
            appendUnchecked(key: key, value: value)
        }
    }
}

extension AMQPValue {
    /// A copy of a field.
    init(_ field: amqp_field_value_t, depth: Int) {
        switch unsafe amqp_field_value_kind_t(rawValue: UInt32(field.kind)) {
        case AMQP_FIELD_KIND_BOOLEAN: self = unsafe .bool(field.value.boolean != 0)
        case AMQP_FIELD_KIND_I8: self = unsafe .int8(field.value.i8)
        case AMQP_FIELD_KIND_U8: self = unsafe .uint8(field.value.u8)
        case AMQP_FIELD_KIND_I16: self = unsafe .int16(field.value.i16)
        case AMQP_FIELD_KIND_U16: self = unsafe .uint16(field.value.u16)
        case AMQP_FIELD_KIND_I32: self = unsafe .int32(field.value.i32)
        case AMQP_FIELD_KIND_U32: self = unsafe .uint32(field.value.u32)
        case AMQP_FIELD_KIND_I64: self = unsafe .int64(field.value.i64)
        case AMQP_FIELD_KIND_U64: self = unsafe .uint64(field.value.u64)
        case AMQP_FIELD_KIND_F32: self = unsafe .float(field.value.f32)
        case AMQP_FIELD_KIND_F64: self = unsafe .double(field.value.f64)
        case AMQP_FIELD_KIND_DECIMAL:
            self = unsafe .decimal(scale: field.value.decimal.decimals, value: field.value.decimal.value)
        case AMQP_FIELD_KIND_UTF8:
            let bytes = unsafe field.value.bytes.copied
            self = String(validating: bytes, as: UTF8.self).map { .string($0) } ?? .bytes(bytes)
        case AMQP_FIELD_KIND_BYTES: self = unsafe .bytes(field.value.bytes.copied)
        case AMQP_FIELD_KIND_TIMESTAMP: self = unsafe .timestamp(field.value.u64)
        case AMQP_FIELD_KIND_TABLE where depth < Self.maximumDepth:
            self = unsafe .table(AMQPTable(field.value.table, depth: depth + 1))
        case AMQP_FIELD_KIND_ARRAY where depth < Self.maximumDepth:
            self = unsafe .array(Self.copy(field.value.array, depth: depth + 1))
        default: self = .void
        }
    }

    private static func copy(_ array: amqp_array_t, depth: Int) -> [AMQPValue] {
        guard let entries = unsafe array.entries else { return [] }
        return unsafe (0..<max(0, Int(array.num_entries))).map { unsafe AMQPValue(entries[$0], depth: depth) }
    }
}

extension AMQPProperties {
    /// A copy of decoded properties: only what the flags say is there.
    init(_ source: amqp_basic_properties_t) {
        func has(_ flag: Int32) -> Bool { unsafe source._flags & UInt32(flag) != 0 }
        self.init(deliveryMode: nil)
        if has(AMQP_BASIC_CONTENT_TYPE_FLAG) { contentType = unsafe source.content_type.text }
        if has(AMQP_BASIC_CONTENT_ENCODING_FLAG) { contentEncoding = unsafe source.content_encoding.text }
        if has(AMQP_BASIC_HEADERS_FLAG) { headers = unsafe AMQPTable(source.headers) }
        if has(AMQP_BASIC_DELIVERY_MODE_FLAG) { deliveryMode = unsafe DeliveryMode(rawValue: source.delivery_mode) }
        if has(AMQP_BASIC_PRIORITY_FLAG) { priority = unsafe source.priority }
        if has(AMQP_BASIC_CORRELATION_ID_FLAG) { correlationID = unsafe source.correlation_id.text }
        if has(AMQP_BASIC_REPLY_TO_FLAG) { replyTo = unsafe source.reply_to.text }
        if has(AMQP_BASIC_EXPIRATION_FLAG) { expiration = unsafe source.expiration.text }
        if has(AMQP_BASIC_MESSAGE_ID_FLAG) { messageID = unsafe source.message_id.text }
        if has(AMQP_BASIC_TIMESTAMP_FLAG) { timestamp = unsafe source.timestamp }
        if has(AMQP_BASIC_TYPE_FLAG) { type = unsafe source.type.text }
        if has(AMQP_BASIC_USER_ID_FLAG) { userID = unsafe source.user_id.text }
        if has(AMQP_BASIC_APP_ID_FLAG) { appID = unsafe source.app_id.text }
    }
}

extension Arena {
    /// The C form of properties.
    mutating func properties(_ source: AMQPProperties) throws(AMQPError) -> amqp_basic_properties_t {
        var result = unsafe amqp_basic_properties_t()
        func text(_ value: String?, _ flag: Int32, _ what: String) throws(AMQPError) -> amqp_bytes_t? {
            guard let value else { return nil }
            unsafe result._flags |= UInt32(flag)
            return unsafe try shortString(value, what: what)
        }
        let none = unsafe amqp_bytes_t()
        unsafe result.content_type = try text(source.contentType, AMQP_BASIC_CONTENT_TYPE_FLAG, "content type") ?? none
        unsafe result.content_encoding =
            try text(source.contentEncoding, AMQP_BASIC_CONTENT_ENCODING_FLAG, "content encoding") ?? none
        unsafe result.correlation_id =
            try text(source.correlationID, AMQP_BASIC_CORRELATION_ID_FLAG, "correlation id") ?? none
        unsafe result.reply_to = try text(source.replyTo, AMQP_BASIC_REPLY_TO_FLAG, "reply-to address") ?? none
        unsafe result.expiration = try text(source.expiration, AMQP_BASIC_EXPIRATION_FLAG, "expiration") ?? none
        unsafe result.message_id = try text(source.messageID, AMQP_BASIC_MESSAGE_ID_FLAG, "message id") ?? none
        unsafe result.type = try text(source.type, AMQP_BASIC_TYPE_FLAG, "type") ?? none
        unsafe result.user_id = try text(source.userID, AMQP_BASIC_USER_ID_FLAG, "user id") ?? none
        unsafe result.app_id = try text(source.appID, AMQP_BASIC_APP_ID_FLAG, "application id") ?? none
        if let headers = source.headers {
            unsafe result._flags |= UInt32(AMQP_BASIC_HEADERS_FLAG)
            unsafe result.headers = try table(headers)
        }
        if let mode = source.deliveryMode {
            unsafe result._flags |= UInt32(AMQP_BASIC_DELIVERY_MODE_FLAG)
            unsafe result.delivery_mode = mode.rawValue
        }
        if let priority = source.priority {
            unsafe result._flags |= UInt32(AMQP_BASIC_PRIORITY_FLAG)
            unsafe result.priority = priority
        }
        if let timestamp = source.timestamp {
            unsafe result._flags |= UInt32(AMQP_BASIC_TIMESTAMP_FLAG)
            unsafe result.timestamp = timestamp
        }
        return unsafe result
    }
}
