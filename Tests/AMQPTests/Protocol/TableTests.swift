// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import AMQP

@Suite("Tables")
struct TableTests {
    @Test("keys keep their order, and equality ignores it")
    func order() {
        var table: AMQPTable = ["b": 1, "a": 2, "b": 3]
        #expect(table.keys == ["b", "a"])
        #expect(table["b"] == 3)
        #expect(table == ["a": 2, "b": 3])
        #expect(table.hashValue == (["a": 2, "b": 3] as AMQPTable).hashValue)
        table["b"] = nil
        #expect(table.keys == ["a"] && table.count == 1 && !table.isEmpty)
    }

    @Test("integers of every width read as an integer")
    func integers() {
        let values: [AMQPValue] = [.int8(5), .uint8(5), .int16(5), .uint16(5), .int32(5), .uint32(5), 5, .uint64(5)]
        #expect(values.allSatisfy { $0.integer == 5 })
        #expect(AMQPValue.uint64(.max).integer == nil)
        #expect(AMQPValue.string("5").integer == nil)
    }

    @Test("nesting beyond the limit never fits")
    func depth() {
        var value: AMQPValue = "x"
        for _ in 0..<10_000 { value = .array([value]) }
        #expect(value.encodedSize() > 1 << 40)
        // Taken apart step by step: a value this deep would be freed recursively.
        while case .array(let inner) = value, let first = inner.first { value = first }
    }
}
