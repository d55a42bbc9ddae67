// SPDX-License-Identifier: Apache-2.0

import Fleet
import NIOCore
import NIOPosix
import NIOSSL
import Testing

/// A server that says the same to whoever asks, whatever that is.
struct StrangeServer {
    /// How it behaves.
    enum Manner: Sendable, CustomTestStringConvertible {
        /// Says this and closes.
        case says(String)
        /// Says this, then a letter now and then, for ever.
        case drips(String)
        /// Says this, then as much as is taken of it, for ever.
        case pours(String)
        /// Closes before anything is said.
        case closes
        /// Says nothing.
        case silent

        /// Its beginning: some say a lot.
        var testDescription: String { HarmlessText.line(String("\(self)".prefix(100))) }
    }

    let port: Int

    /// Lends one.
    static func with(
        _ manner: Manner,
        tls: NIOSSLContext? = nil,
        _ body: (StrangeServer) async throws -> Void
    ) async throws {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { child in
                child.eventLoop.makeCompletedFuture {
                    if let tls { try child.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    try child.pipeline.syncOperations.addHandler(Mouth(manner))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await body(StrangeServer(port: channel.localAddress?.port ?? 0)))
        } catch {
            outcome = .failure(error)
        }
        try await channel.close()
        try outcome.get()
    }

    /// An answer of HTTP.
    static func answer(_ status: String, _ type: String, _ body: String, _ more: String = "") -> String {
        "HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n\(more)Connection: close\r\n\r\n\(body)"
    }

    private final class Mouth: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private let manner: Manner
        private var hasSpoken = false

        init(_ manner: Manner) { self.manner = manner }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard !hasSpoken else { return }
            hasSpoken = true
            switch manner {
            case .says(let text):
                say(text, context)
                context.close(promise: nil)
            case .drips(let head):
                say(head, context)
                let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
                context.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(100)) { task in
                    let (mouth, context) = bound.value
                    guard context.channel.isActive else { return task.cancel() }
                    mouth.say(" ", context)
                }
            case .pours(let head):
                say(head, context)
                pour(context)
            case .closes: context.close(promise: nil)
            case .silent: break
            }
        }

        func channelWritabilityChanged(context: ChannelHandlerContext) {
            if case .pours = manner, hasSpoken { pour(context) }
            context.fireChannelWritabilityChanged()
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

        private func pour(_ context: ChannelHandlerContext) {
            let block = String(repeating: " ", count: 1 << 16)
            while context.channel.isActive, context.channel.isWritable { say(block, context) }
        }

        private func say(_ text: String, _ context: ChannelHandlerContext) {
            context.writeAndFlush(Self.wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
        }
    }
}
