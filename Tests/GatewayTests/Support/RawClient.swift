// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix
import Synchronization

/// A connection on which bytes are said and heard as they are.
final class RawClient: Sendable {
    private let heard = Mutex<(bytes: [UInt8], isClosed: Bool)>(([], false))
    private let channel = Mutex<(any Channel)?>(nil)

    init(port: Int) async throws {
        let connected = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Ear(self))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        channel.withLock { $0 = connected }
    }

    /// Says something; once the other side has closed, to nobody.
    func say(_ text: String) async {
        let channel = channel.withLock { $0 }
        try? await channel?.writeAndFlush(ByteBuffer(string: text)).get()
    }

    var text: String { heard.withLock { String(decoding: $0.bytes, as: UTF8.self) } }
    var isClosed: Bool { heard.withLock { $0.isClosed } }

    func close() async { try? await channel.withLock { $0 }?.close().get() }

    private final class Ear: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let client: RawClient

        init(_ client: RawClient) { self.client = client }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = Array(Self.unwrapInboundIn(data).readableBytesView)
            client.heard.withLock { $0.bytes += bytes }
        }

        func channelInactive(context: ChannelHandlerContext) { client.heard.withLock { $0.isClosed = true } }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
