// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL

/// The event stream on a port of its own, as LAVA's publisher has it behind the web server.
struct StreamListener: Sendable {
    let hub: StreamHub
    let connections: ConnectionRegistry
    var tls: NIOSSLContext?

    /// Listens until the channel that is returned is closed.
    func listen(host: String, port: Int) async throws -> any Channel {
        let (hub, connections, tls) = (hub, connections, tls)
        return try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                connections.add(channel)
                return channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: false, withErrorHandling: true)
                    try pipeline.addHandler(ParserNeighbour(StreamDoor(hub)))
                    try pipeline.addHandler(TLSInstaller(tls))
                    try pipeline.addHandler(Stranger())
                }
            }
            .bind(host: host, port: port).get()
    }

    /// Answers everything that does not ask for the stream.
    private final class Stranger: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private var path: Substring = ""

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch Self.unwrapInboundIn(data) {
            case .head(let head): path = head.uri.prefix { $0 != "?" }
            case .body: break
            case .end: answer(StreamListener.answer(path: String(path)), context)
            }
        }

        private func answer(_ answer: Answer, _ context: ChannelHandlerContext) {
            var head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: answer.status))
            head.headers.add(name: "Content-Type", value: answer.contentType ?? "text/plain")
            head.headers.add(name: "Content-Length", value: "\(answer.body.count)")
            head.headers.add(name: "Server", value: "Python/3.11 aiohttp/3.8.4")
            context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
            context.write(Self.wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: answer.body)))), promise: nil)
            context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil)
        }
    }

    /// What LAVA's publisher answers a request that is no handshake.
    static func answer(path: String) -> Answer {
        let (status, text) =
            path == StreamDoor.path
            ? (400, "No WebSocket UPGRADE hdr: None\n Can \"Upgrade\" only to \"WebSocket\".")
            : (404, "404: Not Found")
        return Answer(status: status, contentType: "text/plain; charset=utf-8", body: Array(text.utf8))
    }
}
