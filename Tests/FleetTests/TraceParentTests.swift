// SPDX-License-Identifier: Apache-2.0

import Fleet
import TestSupport
import Testing

@Suite("The header traceparent")
struct TraceParentTests {
    private static let good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    @Test("The example of the specification is read and written as it is")
    func example() throws {
        let parent = try #require(TraceParent(Self.good))
        #expect(parent.trace.description == "0af7651916cd43dd8448eb211c80319c")
        #expect(parent.spanText == "b7ad6b7169203331")
        #expect(parent.isSampled)
        #expect(parent.description == Self.good)
    }

    @Test(
        "What is none is none",
        arguments: [
            "", "00", "00-", String(repeating: "-", count: 55), String(repeating: "0", count: 10_000),
            // A version that is forbidden, ids of zero, capitals, and one that is longer than its version allows.
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", good + "-", good + "0", " " + good,
            "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01x", good.replacing("-01", with: "-0g"),
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0\u{301}", good.replacing("0a", with: "\u{e9}"),
        ]
    )
    func bad(text: String) {
        #expect(TraceParent(text) == nil)
    }

    @Test("A later version is read as far as version 00 goes, and written as that")
    func later() {
        #expect(TraceParent("cc" + Self.good.dropFirst(2))?.description == Self.good)
        #expect(TraceParent("01" + Self.good.dropFirst(2) + "-what-comes-later")?.description == Self.good)
    }

    @Test("Flags that nobody knows yet are not handed on", arguments: [("ff", "01"), ("fe", "00"), ("03", "01")])
    func flags(given: String, written: String) {
        #expect(TraceParent(Self.good.dropLast(2) + given)?.description == Self.good.dropLast(2) + written)
    }

    @Test("Whatever is written is read as the same", arguments: 1...200 as ClosedRange<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let trace = try #require(TraceID(high: random.next() >> UInt64(random.number(0...63)), low: random.next() | 1))
        let span = random.next() >> UInt64(random.number(0...63)) | 1
        let parent = TraceParent(trace: trace, span: span, isSampled: random.chance(50))
        #expect(parent.description.utf8.count == 55)
        #expect(TraceParent(parent.description) == parent)
    }

    @Test(
        "Whatever is changed in one, it is none, or another that is written as a good one",
        arguments: 1...300 as ClosedRange<UInt64>
    )
    func mutations(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var bytes = Array(Self.good.utf8)
        for _ in 0..<random.number(1...4) {
            switch random.number(0...3) {
            case 0: bytes[random.number(0...(bytes.count - 1))] = UInt8(truncatingIfNeeded: random.next())
            case 1: bytes.remove(at: random.number(0...(bytes.count - 1)))
            case 2: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: random.number(0...bytes.count))
            default: bytes.swapAt(random.number(0...(bytes.count - 1)), random.number(0...(bytes.count - 1)))
            }
        }
        guard let parent = TraceParent(String(decoding: bytes, as: UTF8.self)) else { return }
        #expect(TraceParent(parent.description) == parent)
    }
}
