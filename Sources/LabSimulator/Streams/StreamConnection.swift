// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOWebSocket

/// One listener's connection, as frames: takes nothing but pings and goodbyes, and passes nothing on, since what
/// stands behind it in the pipeline knows HTTP only.
final class StreamConnection: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    /// The largest frame a listener may send, in bytes.
    static let maximumFrameBytes = 64 * 1024

    private let hub: StreamHub
    private var context: ChannelHandlerContext?

    init(_ hub: StreamHub) {
        self.hub = hub
    }

    /// Lets the events come. It is called before the listener is told that its stream is open: whoever has been told
    /// so is also met by whatever is done to all streams. What is sent comes behind the answer, on the event loop.
    func join(_ channel: any Channel) {
        let loop = channel.eventLoop
        let bound = NIOLoopBound(self, eventLoop: loop)
        hub.join(
            StreamHub.Listener(channel: channel) { frames in
                loop.execute { for frame in frames { bound.value.send(frame) } }
            }
        )
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        hub.leave(context.channel)
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        hub.leave(context.channel)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // A lab that hangs does not even read.
        guard !hub.isSilent else { return }
        let frame = Self.unwrapInboundIn(data)
        switch frame.opcode {
        case .ping: send(WebSocketFrame(fin: true, opcode: .pong, data: frame.unmaskedData))
        case .connectionClose:
            send(WebSocketFrame(fin: true, opcode: .connectionClose, data: frame.unmaskedData))
            context.close(promise: nil)
        default: break
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // The server leaves a connection half open for HTTP's sake.
        if case .inputClosed? = event as? ChannelEvent { context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func send(_ frame: WebSocketFrame) {
        guard let context else { return }
        // Who listens and does not read is dropped, before what waits for them fills the memory.
        guard context.channel.isWritable else {
            context.close(promise: nil)
            return
        }
        context.writeAndFlush(Self.wrapOutboundOut(frame), promise: nil)
    }
}
