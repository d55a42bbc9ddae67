// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOWebSocket

/// Pings the lab, answers its pings, and notices when it is dead: a connection whose other end is gone looks just
/// like one on which nothing happens.
final class HeartbeatHandler: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias InboundOut = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    /// Nothing came for too long.
    struct PeerIsSilent: Error {}

    private let interval: TimeAmount
    private let limit: TimeAmount
    private var lastRead = NIODeadline.now()
    private var timer: Scheduled<Void>?

    init(_ limits: LAVAEventLimits) {
        interval = TimeAmount(limits.pingInterval)
        limit = TimeAmount(limits.silenceLimit)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        lastRead = .now()
        schedule(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        lastRead = .now()
        let frame = Self.unwrapInboundIn(data)
        switch frame.opcode {
        case .ping:
            // A lab that pings without reading the answers must not fill our memory with them.
            if context.channel.isWritable { send(.pong, frame.unmaskedData, context) }
        case .pong: break
        default: context.fireChannelRead(data)
        }
    }

    private func schedule(_ context: ChannelHandlerContext) {
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: interval) { [self] in
            if NIODeadline.now() - lastRead > limit {
                context.fireErrorCaught(PeerIsSilent())
                return
            }
            if context.channel.isWritable { send(.ping, ByteBuffer(), context) }
            schedule(context)
        }
    }

    private func send(_ opcode: WebSocketOpcode, _ data: ByteBuffer, _ context: ChannelHandlerContext) {
        let frame = WebSocketFrame(fin: true, opcode: opcode, maskKey: .random(), data: data)
        context.writeAndFlush(Self.wrapOutboundOut(frame), promise: nil)
    }
}
