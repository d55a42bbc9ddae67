// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTPTypes

/// Bounds what a connection holds, and closes those that only hold on to the gateway.
///
/// While a request is in progress, nothing is read but a body that its route has asked for (``BodyWanted``), so a client
/// that may send nothing makes the gateway hold nothing. After an answer that did not wait for the body, a little of it is
/// read and dropped, and the connection is closed unless it ends there. Connections are also closed if no head ends in
/// time, however busily it dribbles, if a body goes on and on, and if the client does not take what is sent to it.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// To be sent down the channel by whoever wants the body of the request that is worked on.
    struct BodyWanted: Sendable {}

    /// Whether the client is still there, for those who work for it.
    let presence = ClientPresence()

    private let headTimeout: TimeAmount
    private let bodyTimeout: TimeAmount
    private let stallTimeout: TimeAmount
    private var flow = RequestFlow()
    /// Whether a read has been asked for that is not allowed at present.
    private var isReadHeld = false
    private var readsLittle = false
    private var headDeadline: Scheduled<Void>?
    private var bodyDeadline: Scheduled<Void>?
    private var stallDeadline: Scheduled<Void>?

    /// How much longer a body may take here than where it is read: there its sender is told why.
    private static let margin = Duration.seconds(2)
    /// How long a connection is kept after its last answer, or after an answer that did not wait for the body: closed at
    /// once, what its client is still sending would have the answer thrown away.
    private static let lingering = TimeAmount.seconds(1)
    /// What is read at once, in bytes: little from those who send little.
    private static let readBytes = (least: 1 << 10, first: 4 << 10, most: 16 << 10)
    /// What is read at once of a body in very many small pieces, in bytes.
    private static let littleBytes = 512

    init(headTimeout: Duration, bodyTimeout: Duration, stallTimeout: Duration) {
        self.bodyTimeout = .nanoseconds(Int64((bodyTimeout + Self.margin) / .nanoseconds(1)))
        self.headTimeout = .nanoseconds(Int64(headTimeout / .nanoseconds(1)))
        self.stallTimeout = .nanoseconds(Int64(stallTimeout / .nanoseconds(1)))
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let allocator = AdaptiveRecvByteBufferAllocator(
            minimum: Self.readBytes.least,
            initial: Self.readBytes.first,
            maximum: Self.readBytes.most
        )
        // As many buffers are kept as may be read one after the other: a connection needs no more than one.
        context.channel.setOption(.maxMessagesPerRead, value: 1).whenComplete { _ in }
        context.channel.setOption(.recvAllocator, value: allocator).whenComplete { _ in }
        if context.channel.isActive { awaitHead(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        awaitHead(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        headDeadline?.cancel()
        bodyDeadline?.cancel()
        stallDeadline?.cancel()
        presence.leave()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // Who has ended what it says is gone, as far as anybody can see before something is said to it.
        if case ChannelEvent.inputClosed = event { presence.leave() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        let verdict = flow.receive(part)
        if flow.isInSmallPieces { readLittle(context) }
        switch verdict {
        case .pass: break
        case .drop: return
        case .close: return context.close(promise: nil)
        }
        switch part {
        case .head:
            headDeadline?.cancel()
            bodyDeadline = close(context.channel, after: bodyTimeout)
        case .end:
            bodyDeadline?.cancel()
            // An answer that went out before has nothing more to wait for.
            if flow.isIdle { awaitHead(context) }
        case .body: break
        }
        context.fireChannelRead(data)
    }

    func read(context: ChannelHandlerContext) {
        isReadHeld = !flow.mayRead
        if !isReadHeld { context.read() }
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is BodyWanted else { return context.triggerUserOutboundEvent(event, promise: promise) }
        if flow.wantBody() {
            context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
        }
        readOn(context)
        promise?.succeed(())
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let part = unwrapOutboundIn(data)
        context.write(data, promise: promise)
        flow.send(part)
        guard case .end = part else { return }
        if flow.isIdle { awaitHead(context) } else if flow.isOver { linger(context) }
        readOn(context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        stallDeadline?.cancel()
        stallDeadline = context.channel.isWritable ? nil : close(context.channel, after: stallTimeout)
        context.fireChannelWritabilityChanged()
    }

    /// From now on reads so little at once that others get their turn in between.
    private func readLittle(_ context: ChannelHandlerContext) {
        guard !readsLittle else { return }
        readsLittle = true
        let allocator = FixedSizeRecvByteBufferAllocator(capacity: Self.littleBytes)
        context.channel.setOption(.recvAllocator, value: allocator).whenComplete { _ in }
    }

    /// Reads what has been waiting, if it may be read by now.
    private func readOn(_ context: ChannelHandlerContext) {
        guard isReadHeld, flow.mayRead else { return }
        isReadHeld = false
        context.read()
    }

    private func awaitHead(_ context: ChannelHandlerContext) {
        headDeadline?.cancel()
        headDeadline = close(context.channel, after: headTimeout)
    }

    private func linger(_ context: ChannelHandlerContext) {
        headDeadline?.cancel()
        headDeadline = close(context.channel, after: Self.lingering)
    }

    private func close(_ channel: any Channel, after timeout: TimeAmount) -> Scheduled<Void> {
        channel.eventLoop.scheduleTask(in: timeout) { channel.close(promise: nil) }
    }
}
