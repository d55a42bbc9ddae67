// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOHTTP1

/// Puts a handler right behind the HTTP parser of a connection that somebody else sets up, where requests and answers
/// are still NIO's.
final class ParserNeighbour: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Any

    private let neighbour: @Sendable () -> any ChannelHandler

    init(_ neighbour: @escaping @autoclosure @Sendable () -> any ChannelHandler) {
        self.neighbour = neighbour
    }

    func handlerAdded(context: ChannelHandlerContext) {
        do {
            let pipeline = context.pipeline.syncOperations
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandler(neighbour(), position: .after(decoder))
        } catch {
            context.fireErrorCaught(error)
        }
    }
}
