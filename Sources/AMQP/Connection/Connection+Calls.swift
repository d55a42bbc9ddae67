// SPDX-License-Identifier: Apache-2.0

extension Connection {
    /// Opens a channel.
    func openChannel(
        onEvent: @escaping @Sendable (ChannelEvent) -> Void = { _ in }
    ) async throws(AMQPError) -> UInt16 {
        let number = try nextChannel()
        let machine = ChannelMachine(maximumBodySize: configuration.maximumBodySize)
        channels[number] = Channel(machine: machine, onEvent: onEvent)
        _ = try await call(channel: number, .channelOpen)
        return number
    }

    /// Closes a channel; one that is gone already is no error.
    func closeChannel(_ number: UInt16) async {
        guard channels[number] != nil else { return }
        _ = try? await call(channel: number, .channelClose)
    }

    /// Whether a channel is usable.
    func isOpen(channel number: UInt16) -> Bool { channels[number]?.machine.isOpen ?? false }

    /// Asks the broker something and waits for its answer, up to the limit.
    @discardableResult
    func call(
        channel number: UInt16,
        _ method: ClientMethod,
        limit: Duration? = nil
    ) async throws(AMQPError) -> CallReply {
        if raw == nil { throw failure ?? AMQPError(.closed, "The connection is closed.") }
        guard number == 0 || isOpen(channel: number) else {
            throw AMQPError(.connectionLost, "The channel was closed.")
        }
        try validate(method)
        let id = pending.makeID()
        let deadline = ContinuousClock.now + (limit ?? configuration.rpcTimeout)
        let result = await withCheckedContinuation { continuation in
            pending.insert(call: id, continuation, until: deadline, what: method.summary)
            channels[number]?.machine.begin(call: id, method)
            outgoing.append(.method(channel: number, method))
        }
        return try result.get()
    }

    /// Declares everything, on a channel of its own: a refusal closes the channel, and must close no other.
    func declare(_ topology: AMQPTopology) async throws(AMQPError) {
        let declarations = topology.declarations
        guard !declarations.isEmpty else { return }
        let channel = try await openChannel()
        for declaration in declarations { try await call(channel: channel, declaration) }
        await closeChannel(channel)
    }

    /// Settles a delivery of a channel; if the channel is gone, so is the delivery, and nothing is sent.
    func settle(channel number: UInt16, deliveryTag: UInt64, _ settlement: AMQPSettlement) -> Bool {
        guard isOpen(channel: number) else { return false }
        outgoing.append(.method(channel: number, .settle(settlement, deliveryTag: deliveryTag)))
        return true
    }

    /// Names and tables are checked before anything is queued: an error while writing would cost the connection.
    private func validate(_ method: ClientMethod) throws(AMQPError) {
        let names: [String]
        var size = 0
        switch method {
        case .exchangeDeclare(let exchange, _):
            (names, size) = ([exchange.name, exchange.kind.rawValue], exchange.arguments.encodedSize())
        case .queueDeclare(let queue, _): (names, size) = ([queue.name], queue.arguments.encodedSize())
        case .bind(let binding):
            (names, size) = ([binding.exchange, binding.routingKey], binding.arguments.encodedSize())
        case .exchangeDelete(let name), .queuePurge(let name), .queueDelete(let name), .basicGet(let name):
            names = [name]
        case .basicConsume(let queue, let tag, let arguments):
            (names, size) = ([queue, tag], arguments.encodedSize())
        default: names = []
        }
        guard names.allSatisfy({ $0.utf8.count <= 255 }) else {
            throw AMQPError(.invalidArgument, "A name is longer than 255 bytes.")
        }
        guard size <= (raw?.maximumFrameSize ?? 4096) - 1536 else {
            throw AMQPError(.tooLarge, "The arguments take more than one frame.")
        }
    }
}
