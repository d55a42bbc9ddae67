// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import AMQP

@Suite("Outgoing queue")
struct OutgoingQueueTests {
    private func message(_ id: UInt64) -> OutgoingQueue.Item {
        .message(
            channel: 1,
            publish: id,
            AMQPPublication(message: AMQPMessage(text: "body"), exchange: "", routingKey: "")
        )
    }

    private func id(_ item: OutgoingQueue.Item?) -> UInt64? {
        if case .message(_, let id, _) = item { id } else { nil }
    }

    @Test("what has begun to be written is finished; what has not can be taken back")
    func unstarted() {
        var queue = OutgoingQueue()
        for number in 1...4 as ClosedRange<UInt64> { queue.append(message(number)) }
        queue.advance(bodyOffset: 2)
        let removed = queue.removeUnstarted { id($0) != 3 }
        #expect(removed.map { id($0) } == [2, 4])
        #expect(id(queue.first) == 1)
        #expect(queue.bodyOffset == 2)
        queue.removeFirst()
        #expect(id(queue.first) == 3)
        #expect(queue.bodyOffset == nil)
        queue.removeFirst()
        #expect(queue.isEmpty)
        queue.removeFirst()
        #expect(queue.first == nil)
    }

    @Test("order holds over thousands")
    func long() {
        var queue = OutgoingQueue()
        var expected: UInt64 = 1
        for number in 1...5000 as ClosedRange<UInt64> {
            queue.append(message(number))
            guard number % 3 != 0 else { continue }
            #expect(id(queue.first) == expected)
            queue.removeFirst()
            expected += 1
        }
    }
}
