// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import AMQP

@Suite("The settlement ledger")
struct SettlementLedgerTests {
    private static func ack(_ tag: UInt64, multiple: Bool = false) -> ClientMethod {
        .basicAck(deliveryTag: tag, multiple: multiple)
    }

    @Test("Deliveries without a gap are acknowledged by one frame")
    func together() {
        var ledger = SettlementLedger()
        #expect(ledger.acknowledge([2, 1, 3]) == [Self.ack(3, multiple: true)])
        #expect(ledger.acknowledge([4]) == [Self.ack(4)])
        #expect(ledger.acknowledge([5, 6]) == [Self.ack(6, multiple: true)])
    }

    @Test("What is behind a delivery that is still in work is acknowledged by itself")
    func gap() {
        var ledger = SettlementLedger()
        #expect(ledger.acknowledge([1, 2, 4, 5]) == [Self.ack(2, multiple: true), Self.ack(4), Self.ack(5)])
        // The last one of the gap: 4 and 5 have been told already.
        #expect(ledger.acknowledge([3]) == [Self.ack(3)])
        #expect(ledger.acknowledge([6, 7]) == [Self.ack(7, multiple: true)])
    }

    @Test("A delivery that was refused is no gap, and is never acknowledged with others before that is written")
    func refused() {
        var ledger = SettlementLedger()
        #expect(ledger.acknowledge([1, 3, 4]) == [Self.ack(1), Self.ack(3), Self.ack(4)])
        ledger.settle(2)
        #expect(ledger.acknowledge([5, 6]) == [Self.ack(6, multiple: true)])
    }

    @Test("Whatever the order, each is acknowledged once, and none that was not to be")
    func random() {
        for seed: UInt64 in 0..<200 {
            var random = SplitMix64(seed: seed)
            var ledger = SettlementLedger()
            var open: Set<UInt64> = []
            var delivered: UInt64 = 0
            for _ in 0..<100 {
                for _ in 0..<random.number(0...4) {
                    delivered += 1
                    open.insert(delivered)
                }
                let group = open.sorted().filter { _ in random.chance(50) }
                if random.chance(16), let refused = open.subtracting(group).min() {
                    open.remove(refused)
                    ledger.settle(refused)
                }
                let wanted = Set(group)
                var acknowledged: Set<UInt64> = []
                guard !group.isEmpty else { continue }
                for case .basicAck(let tag, let isMultiple) in ledger.acknowledge(group) {
                    #expect(open.contains(tag), "the broker knows it")
                    let meant = isMultiple ? open.filter { $0 <= tag } : [tag]
                    acknowledged.formUnion(meant)
                    open.subtract(meant)
                }
                #expect(acknowledged == wanted)
            }
        }
    }
}
