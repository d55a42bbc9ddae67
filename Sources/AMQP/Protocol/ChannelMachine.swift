// SPDX-License-Identifier: Apache-2.0

/// One channel as a pure state machine: frames and calls in, actions out. It knows neither sockets nor threads.
struct ChannelMachine {
    /// What is to be done about a frame.
    enum Action: Equatable {
        case answer(call: UInt64, CallReply)
        case failCall(UInt64, AMQPError)
        case settle(publish: UInt64, ConfirmLedger.Outcome)
        case failPublish(UInt64, AMQPError)
        case deliver(ReceivedMessage)
        case consumerCancelled(consumerTag: String)
        case send(ClientMethod)
        case closed(AMQPError?)
    }

    private struct Call {
        var id: UInt64
        var method: ClientMethod
    }

    private(set) var isOpen = true
    private var calls: [Call] = []
    private var confirms = ConfirmLedger()
    private var content: ContentAssembler

    init(maximumBodySize: Int) { content = ContentAssembler(maximumBodySize: maximumBodySize) }

    /// A call has been queued for sending; answers come in the order of the calls.
    mutating func begin(call id: UInt64, _ method: ClientMethod) { calls.append(Call(id: id, method: method)) }

    /// A publish is being written.
    mutating func begin(publish id: UInt64, _ publication: AMQPPublication) {
        confirms.append(publish: id, publication: publication)
    }

    /// Takes a frame of this channel.
    /// - Throws: What the peer did against the protocol; the connection cannot be used any longer.
    mutating func receive(_ frame: ServerFrame) throws(AMQPError) -> [Action] {
        switch frame {
        case .header(_, let bodySize, let properties):
            return try content.receiveHeader(bodySize: bodySize, properties: properties).map { finish($0) } ?? []
        case .body(_, let bytes):
            return try content.receiveBody(bytes).map { finish($0) } ?? []
        case .method(_, .channelClose(let reason)):
            return closedByBroker(reason)
        case .method(_, let method):
            guard !content.isBusy else {
                throw AMQPError(.protocolViolation, "The broker interrupted a message with \(method.name).")
            }
            return try receive(method)
        case .heartbeat:
            throw AMQPError(.protocolViolation, "The broker sent a heartbeat on a channel.")
        }
    }

    /// The connection is gone, or the channel is no longer wanted: everything that waits fails.
    mutating func fail(_ error: AMQPError) -> [Action] {
        guard isOpen else { return [] }
        isOpen = false
        var inDoubt = error
        inDoubt.isInDoubt = true
        let waitingCalls = calls.map { Action.failCall($0.id, inDoubt) }
        calls = []
        return waitingCalls + confirms.unsettled.map { .failPublish($0, inDoubt) } + [.closed(error)]
    }

    private mutating func receive(_ method: ServerMethod) throws(AMQPError) -> [Action] {
        switch method {
        case .basicDeliver, .basicReturn:
            content.begin(method)
            return []
        case .basicGetOk:
            guard calls.first?.method.isAnswered(by: method) == true else { throw unexpected(method) }
            content.begin(method)
            return []
        case .basicAck(let deliveryTag, let multiple):
            return settle(deliveryTag: deliveryTag, multiple: multiple, isAck: true)
        case .basicNack(let deliveryTag, let multiple):
            return settle(deliveryTag: deliveryTag, multiple: multiple, isAck: false)
        case .basicCancel(let consumerTag):
            return [.consumerCancelled(consumerTag: consumerTag)]
        case .channelFlow(let active):
            return [.send(.channelFlowOk(active: active))]
        case .channelOpenOk, .exchangeDeclareOk, .exchangeDeleteOk, .exchangeBindOk, .queueDeclareOk, .queueBindOk,
            .queuePurgeOk, .queueDeleteOk, .basicQosOk, .basicConsumeOk, .basicCancelOk, .basicGetEmpty,
            .confirmSelectOk:
            return [try answer(method, with: .method(method))]
        case .channelCloseOk:
            let action = try answer(method, with: .method(method))
            isOpen = false
            return [action, .closed(nil)]
        case .connectionClose, .connectionCloseOk, .connectionBlocked, .connectionUnblocked, .channelClose, .other:
            throw unexpected(method)
        }
    }

    private mutating func finish(_ content: ContentAssembler.Content) -> [Action] {
        switch content.method {
        case .basicDeliver(let address):
            return [.deliver(ReceivedMessage(address: address, message: content.message))]
        case .basicGetOk(let address, let remaining):
            let received = ReceivedMessage(address: address, message: content.message)
            guard !calls.isEmpty else { return [] }
            return [.answer(call: calls.removeFirst().id, .message(received, remaining: remaining))]
        case .basicReturn(let reason):
            confirms.receiveReturn(reason, message: content.message)
            return []
        default:
            return []
        }
    }

    private mutating func answer(_ method: ServerMethod, with reply: CallReply) throws(AMQPError) -> Action {
        guard let call = calls.first, call.method.isAnswered(by: method) else { throw unexpected(method) }
        calls.removeFirst()
        return .answer(call: call.id, reply)
    }

    private mutating func settle(deliveryTag: UInt64, multiple: Bool, isAck: Bool) -> [Action] {
        confirms.receive(deliveryTag: deliveryTag, multiple: multiple, isAck: isAck)
            .map { .settle(publish: $0.publish, $0.outcome) }
    }

    /// The error goes to whom it concerns: the oldest call, or the publishes to the exchange the broker names.
    /// Every other publish is in doubt through no fault of its own.
    private mutating func closedByBroker(_ reason: CloseReason) -> [Action] {
        isOpen = false
        var error = AMQPError(
            .channelClosed,
            "The broker closed the channel.",
            replyCode: reason.replyCode,
            replyText: reason.replyText
        )
        var bystander = AMQPError(.connectionLost, "The channel was closed because of another message.")
        bystander.isInDoubt = true
        var actions: [Action] = [.send(.channelCloseOk)]
        if let culprit = calls.first {
            error.message = "The broker refused to \(culprit.method.summary)."
            actions.append(.failCall(culprit.id, error))
            actions += calls.dropFirst().map { .failCall($0.id, bystander) }
            calls = []
        }
        actions += confirms.failures(reason: reason, culprit: error, bystander: bystander)
            .map { .failPublish($0.publish, $0.error) }
        return actions + [.closed(error)]
    }

    private func unexpected(_ method: ServerMethod) -> AMQPError {
        AMQPError(.protocolViolation, "The broker sent \(method.name), which answers nothing.")
    }
}
