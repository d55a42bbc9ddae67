// SPDX-License-Identifier: Apache-2.0

/// One value of a field table, with the types RabbitMQ knows.
///
/// The type letters of RabbitMQ are used where they conflict with the AMQP 0-9-1 text
/// (see <https://www.rabbitmq.com/amqp-0-9-1-errata>, section 3).
public enum AMQPValue: Sendable, Hashable {
    /// True or false.
    case bool(Bool)
    /// A signed byte.
    case int8(Int8)
    /// An unsigned byte.
    case uint8(UInt8)
    /// A signed 16-bit integer.
    case int16(Int16)
    /// An unsigned 16-bit integer.
    case uint16(UInt16)
    /// A signed 32-bit integer.
    case int32(Int32)
    /// An unsigned 32-bit integer.
    case uint32(UInt32)
    /// A signed 64-bit integer: what RabbitMQ itself uses for counts.
    case int64(Int64)
    /// An unsigned 64-bit integer. It is sent as a signed one, and refused where it does not fit.
    case uint64(UInt64)
    /// A 32-bit floating point number.
    case float(Float)
    /// A 64-bit floating point number.
    case double(Double)
    /// A decimal number: `value / 10^scale`.
    case decimal(scale: UInt8, value: UInt32)
    /// Text. What a peer sends as text but is not UTF-8 is read as ``bytes(_:)``.
    case string(String)
    /// Raw bytes.
    case bytes([UInt8])
    /// Seconds since 1970.
    case timestamp(UInt64)
    /// A nested table.
    case table(AMQPTable)
    /// A nested array.
    case array([AMQPValue])
    /// Nothing.
    case void
}

extension AMQPValue {
    /// The value as an integer, whatever integer type the peer chose; nil for all else.
    public var integer: Int? {
        switch self {
        case .int8(let number): Int(number)
        case .uint8(let number): Int(number)
        case .int16(let number): Int(number)
        case .uint16(let number): Int(number)
        case .int32(let number): Int(number)
        case .uint32(let number): Int(exactly: number)
        case .int64(let number): Int(exactly: number)
        case .uint64(let number): Int(exactly: number)
        default: nil
        }
    }

    /// The text, if the value is text.
    public var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// How deep tables and arrays may nest: a limit of this client, so that no peer can exhaust the stack.
    static let maximumDepth = 64

    /// Bytes this value takes on the wire, its type letter included.
    func encodedSize(depth: Int = 0) -> Int {
        guard depth < Self.maximumDepth else { return .max / 4 }
        switch self {
        case .void: return 1
        case .bool, .int8, .uint8: return 2
        case .int16, .uint16: return 3
        case .int32, .uint32, .float: return 5
        case .decimal: return 6
        case .int64, .uint64, .double, .timestamp: return 9
        case .string(let text): return 5 + text.utf8.count
        case .bytes(let bytes): return 5 + bytes.count
        case .table(let table): return 1 + table.encodedSize(depth: depth + 1)
        case .array(let values):
            return values.reduce(5) { $0.addingClamped($1.encodedSize(depth: depth + 1)) }
        }
    }
}

extension Int {
    /// Adds, stopping short of overflow: sizes are compared with limits, never used to allocate.
    func addingClamped(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max / 4 : Swift.min(sum, .max / 4)
    }
}

extension AMQPValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByFloatLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// Text.
    public init(stringLiteral value: String) { self = .string(value) }
    /// A signed 64-bit integer.
    public init(integerLiteral value: Int64) { self = .int64(value) }
    /// A boolean.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// A 64-bit floating point number.
    public init(floatLiteral value: Double) { self = .double(value) }
    /// An array.
    public init(arrayLiteral elements: AMQPValue...) { self = .array(elements) }
    /// A table; of keys given twice the last counts.
    public init(dictionaryLiteral elements: (String, AMQPValue)...) { self = .table(AMQPTable(elements)) }
}
