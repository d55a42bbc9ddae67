// SPDX-License-Identifier: Apache-2.0

internal import Logging

/// One connection to a broker, on a thread of its own. Everything the actor does happens on that thread: the jobs of
/// its callers, and between them ``turn()``, which reads and writes frames and looks after deadlines.
actor Connection {
    nonisolated let thread: ConnectionThread
    nonisolated let logger: Logger
    nonisolated let configuration: AMQPConfiguration
    private let onEvent: @Sendable (ConnectionEvent) -> Void

    var raw: RawConnection?
    var channels: [UInt16: Channel] = [:]
    var outgoing = OutgoingQueue()
    var pending = PendingReplies()
    var failure: AMQPError?
    private(set) var isBlocked = false
    private var isClosing = false
    private var lastChannel: UInt16 = 0
    /// The configuration with the one server that took us.
    private(set) var reached: AMQPConfiguration

    /// A channel with whom it serves.
    struct Channel {
        var machine: ChannelMachine
        var settlements = SettlementLedger()
        var onEvent: @Sendable (ChannelEvent) -> Void
    }

    /// Frames read before jobs get their turn again.
    private static let framesPerTurn = 256

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

    private init(
        _ configuration: AMQPConfiguration,
        name: String,
        logger: Logger,
        turns: TurnClock,
        onEvent: @escaping @Sendable (ConnectionEvent) -> Void
    ) throws(AMQPError) {
        try configuration.validate()
        thread = try ConnectionThread(name: name, turns: turns)
        self.configuration = configuration
        reached = configuration
        self.logger = logger
        self.onEvent = onEvent
    }

    deinit { thread.stop() }

    /// Connects and logs in, within the limits of the configuration. `turns` is told of each turn of its thread.
    static func open(
        _ configuration: AMQPConfiguration,
        name: String,
        logger: Logger,
        turns: TurnClock = TurnClock(),
        onEvent: @escaping @Sendable (ConnectionEvent) -> Void = { _ in }
    ) async throws(AMQPError) -> Connection {
        let connection = try Connection(configuration, name: name, logger: logger, turns: turns, onEvent: onEvent)
        try await connection.connect()
        connection.thread.setTurn { [weak connection] in
            connection?.assumeIsolated { $0.turn() } ?? ConnectionThread.Rest()
        }
        return connection
    }

    private func connect() throws(AMQPError) {
        var named = configuration
        named.connectionName = named.connectionName ?? thread.name
        var round = ServerRound(named)
        while let one = round.next() {
            do throws(AMQPError) {
                raw = try RawConnection(one)
                reached = one
                return
            } catch {
                try round.failed(error)
            }
        }
        throw round.failure
    }

    /// What the broker says of itself.
    var broker: AMQPBroker { raw?.broker ?? AMQPBroker(properties: [:]) }

    // MARK: The turn

    private func turn() -> ConnectionThread.Rest {
        guard let raw else { return ConnectionThread.Rest() }
        var hasMore = false
        do throws(AMQPError) {
            hasMore = try read(raw)
            try flush(raw)
        } catch {
            end(error)
        }
        expire()
        guard self.raw != nil else { return ConnectionThread.Rest() }
        // Half the interval at the latest: the library's heart beats inside `read`.
        let heartbeat = ContinuousClock.now + .milliseconds(max(1, raw.heartbeatSeconds) * 250)
        return ConnectionThread.Rest(
            descriptor: raw.descriptor,
            wantsRoom: hasWritable,
            deadline: min(heartbeat, pending.nextDeadline ?? heartbeat),
            hasMore: hasMore
        )
    }

    /// Reads what is there, up to a limit; answers whether there may be more.
    private func read(_ raw: RawConnection) throws(AMQPError) -> Bool {
        for _ in 0..<Self.framesPerTurn {
            switch try raw.read() {
            case .drained: return false
            case .ignored: continue
            case .frame(let frame): try receive(frame)
            }
            guard self.raw != nil else { return false }
        }
        return true
    }

    private func receive(_ frame: ServerFrame) throws(AMQPError) {
        let number: UInt16
        switch frame {
        case .heartbeat: return
        case .method(0, let method): return try receive(method)
        case .method(let channel, _), .header(let channel, _, _), .body(let channel, _): number = channel
        }
        // Frames for a channel that ended meanwhile are normal: the broker had not heard of it yet.
        guard channels[number] != nil else { return }
        let actions = try channels[number]?.machine.receive(frame) ?? []
        perform(actions, channel: number)
    }

    private func receive(_ method: ServerMethod) throws(AMQPError) {
        switch method {
        case .connectionClose(let reason):
            try? raw?.send(channel: 0, .connectionCloseOk)
            throw AMQPError(
                .connectionLost,
                "The broker closed the connection.",
                replyCode: reason.replyCode,
                replyText: reason.replyText
            )
        case .connectionCloseOk:
            end(nil)
        case .connectionBlocked(let reason):
            isBlocked = true
            onEvent(.blocked(reason: reason))
        case .connectionUnblocked:
            isBlocked = false
            onEvent(.blocked(reason: nil))
        default:
            throw AMQPError(.protocolViolation, "The broker sent \(method.name) on channel 0.")
        }
    }

    private func perform(_ actions: [ChannelMachine.Action], channel number: UInt16) {
        guard let channel = channels[number] else { return }
        for action in actions {
            switch action {
            case .answer(let call, let reply): pending.resume(call: call, .success(reply))
            case .failCall(let call, let error): pending.resume(call: call, .failure(error))
            case .settle(let publish, let outcome): pending.resume(publish: publish, outcome.result)
            case .failPublish(let publish, let error): pending.resume(publish: publish, .failure(error))
            case .deliver(let message): channel.onEvent(.delivery(message))
            case .consumerCancelled: channel.onEvent(.consumerCancelled)
            case .send(let method): outgoing.append(.method(channel: number, method))
            case .closed(let error):
                channels[number] = nil
                dropUnstarted(of: number)
                channel.onEvent(.closed(error))
            }
        }
    }

    /// What was not begun for a channel that ended was not sent, and its callers may try elsewhere.
    private func dropUnstarted(of number: UInt16) {
        let dropped = outgoing.removeUnstarted { item in
            switch item {
            case .method(number, .channelCloseOk): false
            case .method(let channel, _), .message(let channel, _, _): channel == number
            }
        }
        let error = AMQPError(.connectionLost, "The channel ended before this was sent.")
        for case .message(_, let publish, _) in dropped { pending.resume(publish: publish, .failure(error)) }
    }

    // MARK: Ending

    /// Ends the connection: everything that waits gets an answer, and the socket is closed.
    func end(_ error: AMQPError?) {
        guard raw != nil else { return }
        raw = nil
        let reason = error ?? AMQPError(.closed, "The connection is closed.")
        failure = reason
        for number in channels.keys.sorted() {
            let actions = channels[number]?.machine.fail(reason) ?? []
            perform(actions, channel: number)
        }
        pending.failAll(reason)
        outgoing = OutgoingQueue()
        onEvent(.closed(isClosing ? nil : reason))
    }

    private func expire() {
        let now = ContinuousClock.now
        guard let next = pending.nextDeadline, next <= now else { return }
        let expired = pending.expire(now)
        // Answers come in the order of calls: with one missing, none that follows could be told apart.
        if let call = expired.calls.first { return end(AMQPError(.timeout, "The broker did not \(call).")) }
        guard !expired.publishes.isEmpty else { return }
        let unsent = outgoing.removeUnstarted { item in
            if case .message(_, let publish, _) = item { expired.publishes.contains(publish) } else { false }
        }
        var definite: Set<UInt64> = []
        for case .message(_, let publish, _) in unsent { definite.insert(publish) }
        let why = isBlocked ? "The broker takes no messages at present" : "The broker did not confirm the message"
        for publish in expired.publishes {
            let error = AMQPError(.timeout, "\(why) within the limit.", isInDoubt: !definite.contains(publish))
            pending.resume(publish: publish, .failure(error))
        }
    }

    /// Closes in good order, within two seconds; then by force.
    func close() async {
        guard raw != nil, !isClosing else { return }
        isClosing = true
        _ = try? await call(channel: 0, .connectionClose, limit: .seconds(2))
        end(nil)
    }

    /// A number for a channel that none uses.
    func nextChannel() throws(AMQPError) -> UInt16 {
        for _ in 0..<2047 {
            lastChannel = lastChannel == 2047 ? 1 : lastChannel + 1
            if channels[lastChannel] == nil { return lastChannel }
        }
        throw AMQPError(.invalidArgument, "The connection has no channel left.")
    }
}

extension ConfirmLedger.Outcome {
    /// What a publisher is told.
    var result: Result<Void, AMQPError> {
        switch self {
        case .confirmed: .success(())
        case .nacked: .failure(AMQPError(.nacked, "The broker refused the message."))
        case .returned(let reason):
            .failure(
                AMQPError(
                    .unroutable,
                    "No queue took the message for exchange '\(reason.exchange)', key '\(reason.routingKey)'.",
                    replyCode: reason.replyCode,
                    replyText: reason.replyText
                )
            )
        }
    }
}

/// What a connection tells those who use it, on its own thread: take note and return.
enum ConnectionEvent: Sendable {
    /// The broker stopped (reason) or resumed (nil) taking publishes.
    case blocked(reason: String?)
    /// The connection ended; nil if it was closed on purpose.
    case closed(AMQPError?)
}

/// What a channel tells its owner, on the thread of its connection.
enum ChannelEvent: Sendable {
    /// A message for its consumer.
    case delivery(ReceivedMessage)
    /// The broker ended the consumer: its queue is gone, or moves.
    case consumerCancelled
    /// The channel ended; nil if it was closed on purpose.
    case closed(AMQPError?)
}
