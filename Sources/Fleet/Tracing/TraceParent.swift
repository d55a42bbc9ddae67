// SPDX-License-Identifier: Apache-2.0

/// A place in a trace: the header `traceparent` of W3C Trace Context (<https://www.w3.org/TR/trace-context/>).
///
/// It says which trace something belongs to and below which span, and nothing else. Whoever sends a wrong one is not told:
/// a trace is no reason to refuse anything.
package struct TraceParent: Sendable, Hashable {
    /// The name of the header, of HTTP and of messages.
    package static let header = "traceparent"
    /// The variable of the environment by which programs hand it on.
    package static let variable = "TRACEPARENT"

    /// The trace, 16 bytes of which one is not zero.
    package let trace: TraceID
    /// The span, not zero.
    package let span: UInt64
    /// Whether whoever began the trace records it.
    package let isSampled: Bool

    /// The length of version 00, in bytes. Later versions have more behind it, after a hyphen.
    private static let length = 55

    /// A place from its parts.
    package init(trace: TraceID, span: UInt64, isSampled: Bool) {
        self.trace = trace
        self.span = span
        self.isSampled = isSampled
    }

    /// A place as the header has it; nil for everything that is none.
    package init?(_ text: String) {
        // However long it is, no more than this is looked at.
        let bytes = Array(text.utf8.prefix(Self.length + 1))
        guard bytes.count >= Self.length, let version = Self.number(bytes[0..<2]), version != 0xFF else { return nil }
        guard bytes.count == Self.length || version > 0 && bytes[Self.length] == UInt8(ascii: "-") else { return nil }
        guard [2, 35, 52].allSatisfy({ bytes[$0] == UInt8(ascii: "-") }) else { return nil }
        guard let high = Self.number(bytes[3..<19]), let low = Self.number(bytes[19..<35]),
            let span = Self.number(bytes[36..<52]), let flags = Self.number(bytes[53..<55])
        else { return nil }
        guard let trace = TraceID(high: high, low: low), span != 0 else { return nil }
        self.init(trace: trace, span: span, isSampled: flags & 1 == 1)
    }

    /// The number that up to 16 hexadecimal digits stand for, in lower case; nil for anything else.
    private static func number(_ digits: ArraySlice<UInt8>) -> UInt64? {
        var number: UInt64 = 0
        for digit in digits {
            let value: UInt8
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
            default: return nil
            }
            number = number << 4 | UInt64(value)
        }
        return number
    }
}

extension TraceParent: CustomStringConvertible {
    /// As the header has it, in version 00.
    package var description: String { "00-\(trace)-\(TraceID.digits(span))-\(isSampled ? "01" : "00")" }

    /// The span as it is written: 16 digits.
    package var spanText: String { TraceID.digits(span) }
}

/// The id of a trace.
package struct TraceID: Sendable, Hashable, CustomStringConvertible {
    package let high: UInt64
    package let low: UInt64

    /// An id from its halves; nil for zero, which is none.
    package init?(high: UInt64, low: UInt64) {
        guard high != 0 || low != 0 else { return nil }
        self.high = high
        self.low = low
    }

    /// As it is written: 32 digits.
    package var description: String { Self.digits(high) + Self.digits(low) }

    static func digits(_ number: UInt64) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }
}
