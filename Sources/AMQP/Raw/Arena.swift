// SPDX-License-Identifier: Apache-2.0

internal import CRabbitMQ

/// Memory for one call into the C library: strings and tables are copied here, live as long as the arena, and go with
/// it. So no view into a Swift string can outlive the string (`amqp_cstring_bytes` of one compiles, and dangles).
@safe
struct Arena: ~Copyable {
    private var blocks: [UnsafeMutableRawPointer] = unsafe []

    init() {}

    deinit {
        // Not a `for` loop: `for unsafe …` is a form that swift-format (6.3) breaks.
        unsafe blocks.forEach { unsafe $0.deallocate() }
    }

    private mutating func allocate(_ count: Int, alignment: Int) -> UnsafeMutableRawPointer {
        let block = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1), alignment: alignment)
        unsafe blocks.append(block)
        return unsafe block
    }

    /// Bytes of any length.
    mutating func bytes(_ source: some Collection<UInt8>) -> amqp_bytes_t {
        let count = source.count
        let block = unsafe allocate(count, alignment: 1)
        let buffer = unsafe UnsafeMutableRawBufferPointer(start: block, count: count)
        unsafe buffer.copyBytes(from: source)
        return unsafe amqp_bytes_t(len: count, bytes: block)
    }

    /// Text that the wire counts with one byte. The C library would cut the count, and the peer lose its place.
    mutating func shortString(_ text: String, what: String) throws(AMQPError) -> amqp_bytes_t {
        guard text.utf8.count <= 255 else {
            throw AMQPError(.invalidArgument, "The \(what) is longer than 255 bytes.")
        }
        return unsafe bytes(text.utf8)
    }

    /// A C string.
    mutating func cString(_ text: String) -> UnsafePointer<CChar> {
        let block = unsafe bytes(Array(text.utf8) + [0])
        return unsafe UnsafePointer(block.bytes.assumingMemoryBound(to: CChar.self))
    }

    /// A table, nested tables included.
    mutating func table(_ source: AMQPTable, depth: Int = 0) throws(AMQPError) -> amqp_table_t {
        guard let count = Int32(exactly: source.count), depth < AMQPValue.maximumDepth else {
            throw AMQPError(.invalidArgument, "A table is nested too deep.")
        }
        let stride = unsafe MemoryLayout<amqp_table_entry_t>.stride
        let alignment = unsafe MemoryLayout<amqp_table_entry_t>.alignment
        let block = unsafe allocate(stride * source.count, alignment: alignment)
        let entries = unsafe block.bindMemory(to: amqp_table_entry_t.self, capacity: source.count)
        for (index, entry) in source.entries.enumerated() {
            let key = unsafe try shortString(entry.key, what: "key of a table")
            let value = unsafe try fieldValue(entry.value, depth: depth)
            unsafe entries.advanced(by: index).initialize(to: amqp_table_entry_t(key: key, value: value))
        }
        return unsafe amqp_table_t(num_entries: count, entries: entries)
    }

    private mutating func array(_ source: [AMQPValue], depth: Int) throws(AMQPError) -> amqp_array_t {
        guard let count = Int32(exactly: source.count), depth < AMQPValue.maximumDepth else {
            throw AMQPError(.invalidArgument, "An array is nested too deep.")
        }
        let stride = unsafe MemoryLayout<amqp_field_value_t>.stride
        let alignment = unsafe MemoryLayout<amqp_field_value_t>.alignment
        let block = unsafe allocate(stride * source.count, alignment: alignment)
        let entries = unsafe block.bindMemory(to: amqp_field_value_t.self, capacity: source.count)
        for (index, value) in source.enumerated() {
            unsafe entries.advanced(by: index).initialize(to: try fieldValue(value, depth: depth))
        }
        return unsafe amqp_array_t(num_entries: count, entries: entries)
    }

    private mutating func fieldValue(_ value: AMQPValue, depth: Int) throws(AMQPError) -> amqp_field_value_t {
        var field = unsafe amqp_field_value_t()
        func kind(_ kind: amqp_field_value_kind_t) -> UInt8 { UInt8(truncatingIfNeeded: kind.rawValue) }
        switch value {
        case .bool(let flag): unsafe (field.kind, field.value.boolean) = (kind(AMQP_FIELD_KIND_BOOLEAN), flag ? 1 : 0)
        case .int8(let number): unsafe (field.kind, field.value.i8) = (kind(AMQP_FIELD_KIND_I8), number)
        case .uint8(let number): unsafe (field.kind, field.value.u8) = (kind(AMQP_FIELD_KIND_U8), number)
        case .int16(let number): unsafe (field.kind, field.value.i16) = (kind(AMQP_FIELD_KIND_I16), number)
        case .uint16(let number): unsafe (field.kind, field.value.u16) = (kind(AMQP_FIELD_KIND_U16), number)
        case .int32(let number): unsafe (field.kind, field.value.i32) = (kind(AMQP_FIELD_KIND_I32), number)
        case .uint32(let number): unsafe (field.kind, field.value.u32) = (kind(AMQP_FIELD_KIND_U32), number)
        case .int64(let number): unsafe (field.kind, field.value.i64) = (kind(AMQP_FIELD_KIND_I64), number)
        case .uint64(let number):
            // RabbitMQ has no unsigned 64-bit field: it would take the letter for an error.
            guard let signed = Int64(exactly: number) else {
                throw AMQPError(.invalidArgument, "A table holds an integer above 9223372036854775807.")
            }
            unsafe (field.kind, field.value.i64) = (kind(AMQP_FIELD_KIND_I64), signed)
        case .float(let number): unsafe (field.kind, field.value.f32) = (kind(AMQP_FIELD_KIND_F32), number)
        case .double(let number): unsafe (field.kind, field.value.f64) = (kind(AMQP_FIELD_KIND_F64), number)
        case .decimal(let scale, let number):
            unsafe field.kind = kind(AMQP_FIELD_KIND_DECIMAL)
            unsafe field.value.decimal = amqp_decimal_t(decimals: scale, value: number)
        case .string(let text): unsafe (field.kind, field.value.bytes) = (kind(AMQP_FIELD_KIND_UTF8), bytes(text.utf8))
        case .bytes(let raw): unsafe (field.kind, field.value.bytes) = (kind(AMQP_FIELD_KIND_BYTES), bytes(raw))
        case .timestamp(let time): unsafe (field.kind, field.value.u64) = (kind(AMQP_FIELD_KIND_TIMESTAMP), time)
        case .table(let nested):
            unsafe (field.kind, field.value.table) = (kind(AMQP_FIELD_KIND_TABLE), try table(nested, depth: depth + 1))
        case .array(let nested):
            unsafe (field.kind, field.value.array) = (kind(AMQP_FIELD_KIND_ARRAY), try array(nested, depth: depth + 1))
        case .void: unsafe field.kind = kind(AMQP_FIELD_KIND_VOID)
        }
        return unsafe field
    }
}
