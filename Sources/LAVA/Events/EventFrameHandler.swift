// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import NIOCore
internal import NIOWebSocket

/// The end of the pipeline: whole messages in, events out, and the reason when it is over. Messages are read here,
/// not where they are taken, so that what waits is small however large they were.
final class EventFrameHandler: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    private let buffer: EventBuffer

    init(_ buffer: EventBuffer) {
        self.buffer = buffer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = Self.unwrapInboundIn(data)
        switch frame.opcode {
        case .text: take(frame.unmaskedData, context)
        case .connectionClose: close(frame.unmaskedData, context)
        default: buffer.skip()
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(.transport(reason: "the event stream broke off"), context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case is HeartbeatHandler.PeerIsSilent: finish(.timeout, context)
        case is NIOWebSocketError, is NIOWebSocketFrameAggregator.Error:
            // 1002 is a protocol error, whatever it was; a lab looks at it as little as at any other goodbye.
            sayGoodbye(1002, context)
            finish(.unexpected(reason: "the event stream is no websocket, or a message of it is too large"), context)
        default:
            let failure = LAVAError.transport(error, changesSomething: false)
            finish(failure.kind, context)
        }
    }

    private func take(_ message: ByteBuffer, _ context: ChannelHandlerContext) {
        switch EventFrame(Data(message.readableBytesView)) {
        case .job(let event): buffer.add(.job(event))
        case .other: break
        case .refusal(let words): finish(.unauthorized(message: words), context)
        case .undecodable: buffer.skip()
        }
    }

    /// The lab closes the stream; in order, if it says that it is done (1000) or goes away (1001), or nothing.
    private func close(_ data: ByteBuffer, _ context: ChannelHandlerContext) {
        var data = data
        let code = data.readInteger(as: UInt16.self)
        sayGoodbye(code, context)
        guard let code, code != 1000, code != 1001 else {
            buffer.finish(.success(()))
            context.close(promise: nil)
            return
        }
        let words = AnswerText.excerpt(String(buffer: data), limit: 200)
        finish(.transport(reason: "the lab closed the event stream with \(code) \(words)"), context)
    }

    private func sayGoodbye(_ code: UInt16?, _ context: ChannelHandlerContext) {
        let data = code.map { ByteBuffer(integer: $0) } ?? ByteBuffer()
        let frame = WebSocketFrame(fin: true, opcode: .connectionClose, maskKey: .random(), data: data)
        context.writeAndFlush(Self.wrapOutboundOut(frame), promise: nil)
    }

    private func finish(_ kind: LAVAError.Kind, _ context: ChannelHandlerContext) {
        buffer.finish(.failure(LAVAError(kind: kind, requestMayHaveBeenProcessed: false)))
        context.close(promise: nil)
    }
}
