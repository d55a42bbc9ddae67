// SPDX-License-Identifier: Apache-2.0

internal import HummingbirdCore
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL
internal import NIOWebSocket

/// Stands before everything that answers requests, and turns the connection of one that asks for the event stream
/// into a websocket. All other requests pass.
final class StreamDoor: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    static let path = "/ws/"

    /// Bytes that may wait for a listener who does not read, before the connection is dropped.
    private static let waterMark = ChannelOptions.Types.WriteBufferWaterMark(low: 1024 * 1024, high: 8 * 1024 * 1024)

    private let hub: StreamHub
    /// The request that is being taken.
    private var request: HTTPRequestHead?

    init(_ hub: StreamHub) {
        self.hub = hub
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch Self.unwrapInboundIn(data) {
        case .head(let head) where Self.isForUs(head): request = head
        case .body where request != nil: break
        case .end:
            guard let head = request else { fallthrough }
            request = nil
            open(head, context)
        default: context.fireChannelRead(data)
        }
    }

    private static func isForUs(_ head: HTTPRequestHead) -> Bool {
        head.method == .GET && head.uri.prefix { $0 != "?" } == path
            && head.headers[canonicalForm: "upgrade"].contains { $0.lowercased() == "websocket" }
    }

    private func open(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        guard !hub.isRefusing else {
            refuse(.serviceUnavailable, context)
            return
        }
        // Only for the answer to the key; the rest of an upgrade is done here, where hummingbird's handlers are known.
        let upgrader = NIOTypedWebSocketServerUpgrader<Void>(
            shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture([:]) },
            upgradePipelineHandler: { channel, _ in channel.eventLoop.makeSucceededVoidFuture() }
        )
        upgrader.buildUpgradeResponse(
            channel: context.channel,
            upgradeRequest: head,
            initialResponseHeaders: [:]
        ).assumeIsolated().whenComplete { result in
            switch result {
            case .success(let headers): self.upgrade(headers.first(name: "sec-websocket-accept") ?? "", context)
            case .failure: self.refuse(.badRequest, context)
            }
        }
    }

    /// Takes HTTP out of the pipeline, puts frames at its front, and answers in the words of LAVA's publisher.
    private func upgrade(_ accept: String, _ context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        var removed: [EventLoopFuture<Void>] = []
        do {
            removed.append(pipeline.removeHandler(context: try pipeline.context(handlerType: HTTPResponseEncoder.self)))
            let decoder = try pipeline.context(handlerType: ByteToMessageHandler<HTTPRequestDecoder>.self)
            removed.append(pipeline.removeHandler(context: decoder))
        } catch {
            context.close(promise: nil)
            return
        }
        // It would close the connection for being idle. On a port of its own there is none.
        if let idle = try? pipeline.context(handlerType: HTTPConnectionStateHandler.self) {
            removed.append(pipeline.removeHandler(context: idle))
        }
        let hub = hub
        let answer = """
            HTTP/1.1 101 Switching Protocols\r
            Upgrade: websocket\r
            Connection: upgrade\r
            Sec-WebSocket-Accept: \(accept)\r
            Content-Type: application/octet-stream\r
            Date: \(Moment.now.httpText)\r
            Server: Python/3.11 aiohttp/3.8.4\r
            \r

            """
        EventLoopFuture.andAllSucceed(removed, on: context.eventLoop).assumeIsolated().whenComplete { result in
            let connection = StreamConnection(hub)
            do {
                try result.get()
                connection.join(context.channel)
                // As bytes, now that nothing but TLS stands between here and the socket; the first event comes behind it.
                context.writeAndFlush(NIOAny(ByteBuffer(string: answer)), promise: nil)
                try context.channel.syncOptions?.setOption(.writeBufferWaterMark, value: Self.waterMark)
                let frames = WebSocketFrameDecoder(maxFrameSize: StreamConnection.maximumFrameBytes)
                // Before all of HTTP, and behind TLS where there is any.
                let tls = try? pipeline.handler(type: NIOSSLServerHandler.self)
                try pipeline.addHandlers(
                    [WebSocketFrameEncoder(), ByteToMessageHandler(frames), connection],
                    position: tls.map { .after($0) } ?? .first
                )
            } catch {
                hub.leave(context.channel)
                context.close(promise: nil)
            }
        }
    }

    private func refuse(_ status: HTTPResponseStatus, _ context: ChannelHandlerContext) {
        let text = "\(status.code): \(status.reasonPhrase)"
        let headers: HTTPHeaders = [
            "Content-Type": "text/plain; charset=utf-8", "Content-Length": "\(text.utf8.count)", "Connection": "close",
        ]
        let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
        context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
        context.write(Self.wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
        context.writeAndFlush(Self.wrapOutboundOut(.end(nil))).assumeIsolated().whenComplete { _ in
            context.close(promise: nil)
        }
    }
}
