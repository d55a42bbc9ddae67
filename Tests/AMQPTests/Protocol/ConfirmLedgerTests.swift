// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import AMQP

@Suite("Confirm ledger")
struct ConfirmLedgerTests {
    private func publication(_ text: String, key: String = "k", mandatory: Bool = true) -> AMQPPublication {
        AMQPPublication(message: AMQPMessage(text: text), exchange: "x", routingKey: key, mandatory: mandatory)
    }

    private func ledger(_ count: UInt64) -> ConfirmLedger {
        var ledger = ConfirmLedger()
        for id in 1...count { ledger.append(publish: 100 + id, publication: publication("\(id)")) }
        return ledger
    }

    @Test("single acks settle in whatever order they come")
    func single() {
        var ledger = ledger(3)
        #expect(ledger.receive(deliveryTag: 2, multiple: false, isAck: true).map(\.publish) == [102])
        #expect(ledger.receive(deliveryTag: 1, multiple: false, isAck: false).map(\.outcome) == [.nacked])
        #expect(ledger.unsettled == [103])
        #expect(ledger.receive(deliveryTag: 3, multiple: false, isAck: true).map(\.publish) == [103])
    }

    @Test("an ack of many settles all up to its number, once")
    func multiple() {
        var ledger = ledger(5)
        _ = ledger.receive(deliveryTag: 2, multiple: false, isAck: true)
        #expect(ledger.receive(deliveryTag: 4, multiple: true, isAck: true).map(\.publish) == [101, 103, 104])
        #expect(ledger.receive(deliveryTag: 4, multiple: true, isAck: true).isEmpty)
        #expect(ledger.receive(deliveryTag: 0, multiple: true, isAck: true).map(\.publish) == [105])
    }

    @Test("numbers never given out settle nothing", arguments: [0, 6, 7, .max] as [UInt64])
    func unknown(tag: UInt64) {
        var ledger = ledger(5)
        #expect(ledger.receive(deliveryTag: tag, multiple: false, isAck: true).isEmpty)
        #expect(ledger.receive(deliveryTag: max(tag, 6), multiple: true, isAck: true).isEmpty)
        #expect(ledger.unsettled.count == 5)
    }

    @Test("numbering goes on over thousands of publishes")
    func long() {
        var ledger = ConfirmLedger()
        for id in 1...10_000 as ClosedRange<UInt64> {
            ledger.append(publish: id, publication: publication("m"))
            if id > 7 {
                #expect(ledger.receive(deliveryTag: id - 7, multiple: false, isAck: true).map(\.publish) == [id - 7])
            }
        }
        #expect(ledger.unsettled == Array(9994...10_000))
    }

    @Test("a return is reported by the ack that follows it, for the message it was")
    func returned() {
        var ledger = ledger(3)
        let reason = ReturnReason(replyCode: 312, replyText: "NO_ROUTE", exchange: "x", routingKey: "k")
        ledger.receiveReturn(reason, message: AMQPMessage(text: "2"))
        let settled = ledger.receive(deliveryTag: 3, multiple: true, isAck: true)
        #expect(settled.map(\.outcome) == [.confirmed, .returned(reason), .confirmed])
    }

    @Test("of alike messages a return takes the oldest that has none yet, and never one that is not mandatory")
    func alike() {
        var ledger = ConfirmLedger()
        ledger.append(publish: 1, publication: publication("same", mandatory: false))
        ledger.append(publish: 2, publication: publication("same"))
        ledger.append(publish: 3, publication: publication("same"))
        let reason = ReturnReason(replyCode: 312, replyText: "NO_ROUTE", exchange: "x", routingKey: "k")
        ledger.receiveReturn(reason, message: AMQPMessage(text: "same"))
        ledger.receiveReturn(reason, message: AMQPMessage(text: "same"))
        ledger.receiveReturn(reason, message: AMQPMessage(text: "same"))
        let settled = ledger.receive(deliveryTag: 3, multiple: true, isAck: true)
        #expect(settled.map(\.outcome) == [.confirmed, .returned(reason), .returned(reason)])
    }
}
