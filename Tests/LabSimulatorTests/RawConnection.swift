// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix
import Synchronization

/// A connection on which bytes are said and heard as they are.
final class RawConnection: Sendable {
    private let heard = Mutex<(bytes: [UInt8], isClosed: Bool)>(([], false))
    private let channel = Mutex<(any Channel)?>(nil)

    /// The handshake of the example in RFC 6455, which the captured one was made with.
    static let handshake = """
        GET /ws/ HTTP/1.1\r
        Host: lab\r
        Upgrade: websocket\r
        Connection: Upgrade\r
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
        Sec-WebSocket-Version: 13\r
        \r

        """

    /// Connects and says something at once, from the event loop: a busy test must not be taken for an idle client.
    init(port: Int, saying greeting: String) async throws {
        let connected = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Ear(self, greeting))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        channel.withLock { $0 = connected }
    }

    func say(_ bytes: [UInt8]) {
        channel.withLock { $0 }?.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
    }

    func close() async { try? await channel.withLock { $0 }?.close().get() }

    /// All that was heard, as soon as a condition holds for it.
    func hear(_ what: String, until isEnough: ([UInt8], Bool) -> Bool) async throws -> [UInt8] {
        try await eventually(what, every: .milliseconds(5)) {
            let (bytes, isClosed) = heard.withLock { $0 }
            return isEnough(bytes, isClosed) ? bytes : nil
        }
    }

    /// The head of the answer, and the texts of the frames behind it, as soon as there are as many.
    func frames(_ count: Int) async throws -> (head: String, texts: [String]) {
        let bytes = try await hear("\(count) frames") { bytes, _ in (Self.split(bytes)?.texts.count ?? -1) >= count }
        return Self.split(bytes) ?? ("", [])
    }

    private static func split(_ bytes: [UInt8]) -> (head: String, texts: [String])? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.utf8.firstRange(of: "\r\n\r\n".utf8) else { return nil }
        let head = String(text[..<end.upperBound])
        var rest = bytes.dropFirst(head.utf8.count)
        var texts: [String] = []
        while rest.count >= 2 {
            let short = Int(rest[rest.startIndex + 1])
            guard short < 126 || rest.count >= 4 else { break }
            let (length, start) =
                short < 126
                ? (short, 2) : (Int(rest[rest.startIndex + 2]) << 8 | Int(rest[rest.startIndex + 3]), 4)
            guard rest.count >= start + length else { break }
            if rest.first == 0x81 {
                texts.append(String(decoding: rest.dropFirst(start).prefix(length), as: UTF8.self))
            }
            rest = rest.dropFirst(start + length)
        }
        return (head, texts)
    }

    private final class Ear: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        typealias OutboundOut = ByteBuffer

        private let connection: RawConnection
        private let greeting: String

        init(_ connection: RawConnection, _ greeting: String) {
            self.connection = connection
            self.greeting = greeting
        }

        func channelActive(context: ChannelHandlerContext) {
            context.writeAndFlush(Self.wrapOutboundOut(ByteBuffer(string: greeting)), promise: nil)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = Array(Self.unwrapInboundIn(data).readableBytesView)
            connection.heard.withLock { $0.bytes += bytes }
        }

        func channelInactive(context: ChannelHandlerContext) {
            connection.heard.withLock { $0.isClosed = true }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
}
