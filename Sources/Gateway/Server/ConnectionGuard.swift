// SPDX-License-Identifier: Apache-2.0

import Hummingbird
import NIOCore
import NIOHTTPTypes

/// Closes connections that only hold on to the gateway: those on which no head of a request comes to its end in time,
/// however busily it dribbles, those on which a body goes on and on, whether anybody reads it or not, and those whose
/// client does not take what is sent to it.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// Whether the client is still there, for those who work for it.
    let presence = ClientPresence()

    private let headTimeout: TimeAmount
    private let bodyTimeout: TimeAmount
    private let stallTimeout: TimeAmount
    /// Requests whose head has come and whose answer has not gone out whole.
    private var requests = 0
    private var headDeadline: Scheduled<Void>?
    private var bodyDeadline: Scheduled<Void>?
    private var stallDeadline: Scheduled<Void>?

    /// How much longer a body may take here than where it is read: there its sender is told why.
    private static let margin = Duration.seconds(2)

    init(headTimeout: Duration, bodyTimeout: Duration, stallTimeout: Duration) {
        self.bodyTimeout = .nanoseconds(Int64((bodyTimeout + Self.margin) / .nanoseconds(1)))
        self.headTimeout = .nanoseconds(Int64(headTimeout / .nanoseconds(1)))
        self.stallTimeout = .nanoseconds(Int64(stallTimeout / .nanoseconds(1)))
    }

    /// What is read at once, in bytes. Ten such pieces may wait for whoever reads a body, on every connection.
    private static let readBytes = 16 << 10

    func handlerAdded(context: ChannelHandlerContext) {
        let allocator = FixedSizeRecvByteBufferAllocator(capacity: Self.readBytes)
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
        switch unwrapInboundIn(data) {
        case .head:
            requests += 1
            headDeadline?.cancel()
            headDeadline = nil
            bodyDeadline = close(context.channel, after: bodyTimeout)
        case .end:
            bodyDeadline?.cancel()
            bodyDeadline = nil
        case .body: break
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) {
            requests = max(0, requests - 1)
            if requests == 0 { awaitHead(context) }
        }
        context.write(data, promise: promise)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        stallDeadline?.cancel()
        stallDeadline = context.channel.isWritable ? nil : close(context.channel, after: stallTimeout)
        context.fireChannelWritabilityChanged()
    }

    private func awaitHead(_ context: ChannelHandlerContext) {
        headDeadline?.cancel()
        headDeadline = close(context.channel, after: headTimeout)
    }

    private func close(_ channel: any Channel, after timeout: TimeAmount) -> Scheduled<Void> {
        channel.eventLoop.scheduleTask(in: timeout) { channel.close(promise: nil) }
    }
}
