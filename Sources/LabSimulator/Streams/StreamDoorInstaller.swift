// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOHTTP1

/// Puts the door right behind the HTTP parser of a connection that somebody else sets up, where requests are still
/// NIO's.
final class StreamDoorInstaller: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Any

    private let hub: StreamHub

    init(_ hub: StreamHub) {
        self.hub = hub
    }

    func handlerAdded(context: ChannelHandlerContext) {
        do {
            let pipeline = context.pipeline.syncOperations
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandler(StreamDoor(hub), position: .after(decoder))
        } catch {
            context.fireErrorCaught(error)
        }
    }
}
