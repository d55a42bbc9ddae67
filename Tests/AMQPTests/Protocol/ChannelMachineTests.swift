// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import AMQP

@Suite("Channel state machine")
struct ChannelMachineTests {
    private func method(_ method: ServerMethod) -> ServerFrame { .method(channel: 1, method) }

    private let address = DeliveryAddress(
        consumerTag: "c",
        deliveryTag: 7,
        redelivered: false,
        exchange: "x",
        routingKey: "k"
    )

    private func publication(_ exchange: String) -> AMQPPublication {
        AMQPPublication(message: AMQPMessage(text: exchange), exchange: exchange, routingKey: "k")
    }

    @Test("answers go to calls in the order of the calls")
    func answers() throws {
        var machine = ChannelMachine(maximumBodySize: 100)
        machine.begin(call: 1, .channelOpen)
        machine.begin(call: 2, .confirmSelect)
        #expect(try machine.receive(method(.channelOpenOk)) == [.answer(call: 1, .method(.channelOpenOk))])
        #expect(try machine.receive(method(.confirmSelectOk)) == [.answer(call: 2, .method(.confirmSelectOk))])
    }

    @Test("confirms, deliveries, flow and cancels between a call and its answer disturb neither")
    func interleaving() throws {
        var machine = ChannelMachine(maximumBodySize: 100)
        machine.begin(publish: 9, publication("x"))
        machine.begin(call: 1, .basicCancel(consumerTag: "c"))
        #expect(try machine.receive(method(.basicDeliver(address))).isEmpty)
        #expect(try machine.receive(.header(channel: 1, bodySize: 3, properties: AMQPProperties())).isEmpty)
        #expect(try machine.receive(.body(channel: 1, [1])).isEmpty)
        let delivered = try machine.receive(.body(channel: 1, [2, 3]))
        let message = AMQPMessage(body: [1, 2, 3])
        #expect(delivered == [.deliver(ReceivedMessage(address: address, message: message))])
        let settled = try machine.receive(method(.basicAck(deliveryTag: 1, multiple: false)))
        #expect(settled == [.settle(publish: 9, .confirmed)])
        #expect(try machine.receive(method(.channelFlow(active: false))) == [.send(.channelFlowOk(active: false))])
        let cancelled = try machine.receive(method(.basicCancel(consumerTag: "d")))
        #expect(cancelled == [.consumerCancelled(consumerTag: "d")])
        let answered = try machine.receive(method(.basicCancelOk(consumerTag: "c")))
        #expect(answered == [.answer(call: 1, .method(.basicCancelOk(consumerTag: "c")))])
    }

    @Test("a fetched message answers its call, with an empty body too")
    func fetch() throws {
        var machine = ChannelMachine(maximumBodySize: 100)
        machine.begin(call: 1, .basicGet(queue: "q"))
        #expect(try machine.receive(method(.basicGetOk(address, remaining: 4))).isEmpty)
        let actions = try machine.receive(.header(channel: 1, bodySize: 0, properties: AMQPProperties()))
        let received = ReceivedMessage(address: address, message: AMQPMessage(body: []))
        #expect(actions == [.answer(call: 1, .message(received, remaining: 4))])
    }

    @Test("a channel closed by the broker blames who named the exchange, and leaves the others in doubt")
    func closed() throws {
        var machine = ChannelMachine(maximumBodySize: 100)
        machine.begin(publish: 1, publication("good"))
        machine.begin(publish: 2, publication("bad"))
        let reason = CloseReason(replyCode: 404, replyText: "NOT_FOUND - no exchange 'bad' in vhost '/'")
        let actions = try machine.receive(method(.channelClose(reason)))
        #expect(actions.first == .send(.channelCloseOk))
        #expect(!machine.isOpen)
        let failures = actions.compactMap { action -> (UInt64, AMQPError)? in
            if case .failPublish(let id, let error) = action { (id, error) } else { nil }
        }
        #expect(failures.map(\.0) == [1, 2])
        #expect(failures.map(\.1.code) == [.connectionLost, .channelClosed])
        #expect(failures.map(\.1.isInDoubt) == [true, false])
        #expect(failures.last?.1.replyCode == 404)
    }

    @Test("a lost connection fails calls and publishes as in doubt, once")
    func lost() {
        var machine = ChannelMachine(maximumBodySize: 100)
        machine.begin(call: 1, .confirmSelect)
        machine.begin(publish: 2, publication("x"))
        let error = AMQPError(.connectionLost, "gone")
        var inDoubt = error
        inDoubt.isInDoubt = true
        #expect(machine.fail(error) == [.failCall(1, inDoubt), .failPublish(2, inDoubt), .closed(error)])
        #expect(machine.fail(error).isEmpty)
    }

    @Test(
        "what is against the protocol is an error, never a trap",
        arguments: [
            [.method(channel: 1, .queueBindOk)],
            [.method(channel: 1, .basicGetEmpty)],
            [.method(channel: 1, .other(method: 1))],
            [.method(channel: 1, .connectionUnblocked)],
            [.heartbeat],
            [.body(channel: 1, [1])],
            [.header(channel: 1, bodySize: 1, properties: AMQPProperties())],
            [.method(channel: 1, .basicReturn(ReturnReason(replyCode: 1, replyText: "", exchange: "", routingKey: "")))]
                + [.method(channel: 1, .basicAck(deliveryTag: 1, multiple: true))],
            [
                .method(
                    channel: 1,
                    .basicReturn(ReturnReason(replyCode: 1, replyText: "", exchange: "", routingKey: ""))
                ),
                .header(channel: 1, bodySize: .max, properties: AMQPProperties()),
            ],
            [
                .method(
                    channel: 1,
                    .basicReturn(ReturnReason(replyCode: 1, replyText: "", exchange: "", routingKey: ""))
                ),
                .header(channel: 1, bodySize: 2, properties: AMQPProperties()), .body(channel: 1, [1, 2, 3]),
            ],
        ] as [[ServerFrame]]
    )
    func violations(frames: [ServerFrame]) {
        var machine = ChannelMachine(maximumBodySize: 100)
        let error = #expect(throws: AMQPError.self) {
            for frame in frames { _ = try machine.receive(frame) }
        }
        #expect(error?.code == .protocolViolation)
    }

    @Test("no order of frames makes it trap", arguments: 0..<20)
    func anyOrder(round: Int) {
        let back = ReturnReason(replyCode: 312, replyText: "'x'", exchange: "x", routingKey: "k")
        let frames: [ServerFrame] = [
            .heartbeat, .body(channel: 1, []), .body(channel: 1, [1]), .body(channel: 1, [1, 2]),
            .header(channel: 1, bodySize: 0, properties: AMQPProperties()),
            .header(channel: 1, bodySize: 2, properties: AMQPProperties()), method(.basicDeliver(address)),
            method(.basicReturn(back)), method(.basicGetOk(address, remaining: .max)), method(.basicGetEmpty),
            method(.basicAck(deliveryTag: .max, multiple: true)), method(.basicAck(deliveryTag: 0, multiple: true)),
            method(.basicNack(deliveryTag: 2, multiple: false)), method(.basicAck(deliveryTag: 3, multiple: true)),
            method(.channelCloseOk), method(.confirmSelectOk), method(.basicCancel(consumerTag: "")),
            method(.channelClose(CloseReason(replyCode: 0, replyText: ""))), method(.channelFlow(active: true)),
        ]
        for _ in 0..<200 {
            var machine = ChannelMachine(maximumBodySize: 2)
            for step in 0..<40 as Range<UInt64> {
                if step % 3 == 0 { machine.begin(publish: step, publication("x")) }
                if step % 5 == 0 { machine.begin(call: step, .basicGet(queue: "q")) }
                guard let frame = frames.randomElement() else { continue }
                _ = try? machine.receive(frame)
            }
            _ = machine.fail(AMQPError(.connectionLost, "\(round)"))
        }
    }
}
