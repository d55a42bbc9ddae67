// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOHTTP1

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
