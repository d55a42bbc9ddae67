// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import NIOWebSocket
internal import Synchronization

/// One connection to a lab's event stream, from dialling to its end. Everything it says goes into a buffer.
final class EventConnection: Sendable {
    /// What is needed to make one.
    struct Plan: Sendable {
        var address: EventsAddress
        /// The `Authorization` of the request.
        var authorization: String?
        /// Nil without TLS.
        var tls: NIOSSLContext?
        /// Says why the lab's certificate did not pass; nil without TLS.
        var refusal: TLSRefusal?
        var limits: LAVAEventLimits
        var connectTimeout: TimeAmount
        /// From dialling to the answer of the handshake.
        var handshakeTimeout: TimeAmount
    }

    private struct State {
        /// All that were dialled: a name with several addresses is tried on each.
        var channels: [any Channel] = []
        var isOver = false
    }

    private let plan: Plan
    private let buffer: EventBuffer
    private let eventLoop: any EventLoop
    private let opened: EventLoopPromise<Void>
    private let state = Mutex(State())

    init(_ plan: Plan, buffer: EventBuffer) {
        self.plan = plan
        self.buffer = buffer
        eventLoop = MultiThreadedEventLoopGroup.singleton.any()
        opened = eventLoop.makePromise()
    }

    /// Dials, and returns when events may come.
    func open() async throws(LAVAError) {
        let opened = opened
        let limit = eventLoop.scheduleTask(in: plan.handshakeTimeout) {
            opened.fail(LAVAError(kind: .timeout, requestMayHaveBeenProcessed: false))
        }
        defer { limit.cancel() }
        do {
            try await withTaskCancellationHandler {
                dial()
                try await opened.futureResult.get()
            } onCancel: {
                cancel()
            }
        } catch {
            abandon()
            if let error = error as? LAVAError { throw error }
            throw await plan.refusal?.explained(error) ?? Self.failure(of: error)
        }
    }

    /// Ends it now, for whoever is waiting for anything.
    func cancel() {
        let cancelled = LAVAError(kind: .cancelled, requestMayHaveBeenProcessed: false)
        opened.fail(cancelled)
        buffer.finish(.failure(cancelled))
        abandon()
    }

    /// Says goodbye without waiting for an answer, closes, and returns when all is closed.
    func close() async {
        buffer.finish(.success(()))
        let goodbye = WebSocketFrame(
            fin: true,
            opcode: .connectionClose,
            maskKey: .random(),
            data: ByteBuffer(integer: UInt16(1000))
        )
        let channels = state.withLock { $0.channels }
        for channel in channels where channel.isActive { channel.writeAndFlush(goodbye, promise: nil) }
        abandon()
        for channel in channels { try? await channel.closeFuture.get() }
    }

    private func abandon() {
        let channels = state.withLock { state in
            state.isOver = true
            return state.channels
        }
        for channel in channels { channel.close(promise: nil) }
    }

    private func dial() {
        let opened = opened
        ClientBootstrap(group: eventLoop)
            .connectTimeout(plan.connectTimeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                // It can be given up from its first moment, not only when it is connected.
                let isOver = self.state.withLock { state in
                    state.channels.append(channel)
                    return state.isOver
                }
                return isOver
                    ? channel.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel)
                    : channel.eventLoop.makeSucceededVoidFuture()
            }
            .connect(host: plan.address.host, port: plan.address.port)
            .flatMapThrowing { channel in try self.shakeHands(on: channel) }
            .whenFailure { opened.fail($0) }
    }

    /// Sets up the connection that was made: TLS, HTTP until the upgrade, then frames.
    private func shakeHands(on channel: any Channel) throws {
        let opened = opened
        let pipeline = channel.pipeline.syncOperations
        if let tls = plan.tls { try pipeline.addHandler(Self.tlsHandler(tls, host: plan.address.host)) }
        let (limits, buffer) = (plan.limits, buffer)
        // NIO's own handling of errors closes before it tells, and the reason would be lost.
        let upgrader = NIOTypedWebSocketClientUpgrader<Void>(
            maxFrameSize: limits.maximumMessageBytes,
            enableAutomaticErrorHandling: false
        ) { channel, _ in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandlers([
                    HeartbeatHandler(limits),
                    NIOWebSocketFrameAggregator(
                        minNonFinalFragmentSize: 0,
                        maxAccumulatedFrameCount: 4_096,
                        maxAccumulatedFrameSize: limits.maximumMessageBytes
                    ),
                    EventFrameHandler(buffer),
                ])
                buffer.add(.connected)
                opened.succeed(())
            }
        }
        var upgrade = NIOTypedHTTPClientUpgradeConfiguration<Void>(
            upgradeRequestHead: requestHead,
            upgraders: [upgrader],
            notUpgradingCompletionHandler: { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(HandshakeRefusalHandler { opened.fail($0) })
                }
            }
        )
        upgrade.upgradeRequestHead.headers.add(name: "User-Agent", value: "muster")
        var configuration = NIOUpgradableHTTPClientPipelineConfiguration(upgradeConfiguration: upgrade)
        // The first events may come in one piece with the answer, and must not be lost.
        configuration.leftOverBytesStrategy = .forwardBytes
        try pipeline.configureUpgradableHTTPClientPipeline(configuration: configuration)
            .whenFailure { opened.fail($0) }
    }

    private var requestHead: HTTPRequestHead {
        var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: plan.address.target)
        head.headers.add(name: "Host", value: plan.address.authority)
        if let authorization = plan.authorization { head.headers.add(name: "Authorization", value: authorization) }
        return head
    }

    /// The lab's certificate is always verified, against its name or its address.
    private static func tlsHandler(_ tls: NIOSSLContext, host: String) throws -> NIOSSLClientHandler {
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        return try NIOSSLClientHandler(context: tls, serverHostname: isAddress ? nil : host)
    }

    private static func failure(of error: any Error) -> LAVAError {
        switch error {
        case ChannelError.connectTimeout: LAVAError(kind: .timeout, requestMayHaveBeenProcessed: false)
        case is NIOHTTPClientUpgradeError:
            LAVAError(
                kind: .unexpected(reason: "the answer to the websocket handshake is wrong"),
                requestMayHaveBeenProcessed: false
            )
        default: LAVAError.transport(error, changesSomething: false)
        }
    }
}

/// Reads an answer that is no upgrade, as far as its first words, for what it says.
final class HandshakeRefusalHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private static let maximumBytes = 16 * 1024

    private var head: HTTPResponseHead?
    private var body = ByteBuffer()
    private let done: (LAVAError) -> Void

    init(done: @escaping (LAVAError) -> Void) {
        self.done = done
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch Self.unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body(var part):
            if var piece = part.readSlice(length: min(part.readableBytes, Self.maximumBytes - body.readableBytes)) {
                body.writeBuffer(&piece)
            }
            if body.readableBytes >= Self.maximumBytes { tell() }
        case .end: tell()
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        tell()
        context.fireChannelInactive()
    }

    private func tell() {
        guard let head else {
            done(LAVAError(kind: .transport(reason: "no whole answer came"), requestMayHaveBeenProcessed: false))
            return
        }
        let response = LAVAResponse(status: Int(head.status.code), headers: head.headers, body: body)
        done(
            LAVAError.answer(response, changesSomething: false)
                ?? LAVAError(
                    kind: .unexpected(reason: "HTTP \(head.status.code) in place of an event stream"),
                    requestMayHaveBeenProcessed: false
                )
        )
    }
}
