// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket
import Synchronization

@testable import LAVA

/// A server on loopback that says exactly the bytes it was told, for what no real one says.
final class ScriptedServer: Sendable {
    /// What it answers: gets the right answer to the handshake's key.
    typealias Script = @Sendable (_ accept: String) -> [UInt8]

    private let received = Mutex<(request: String, later: [UInt8])>(("", []))
    private let listener = Mutex<(any Channel)?>(nil)
    private let children = Mutex<[any Channel]>([])

    /// The request, with its headers.
    var request: String { received.withLock { $0.request } }

    /// What came after the request, unmasked, frame by frame.
    var frames: [(opcode: UInt8, payload: [UInt8])] {
        received.withLock { received in
            var frames: [(UInt8, [UInt8])] = []
            var rest = received.later[...]
            while rest.count >= 6, let first = rest.first {
                // All frames of a client are masked; those of these tests are short.
                let length = Int(rest[rest.startIndex + 1] & 0x7F)
                guard rest.count >= 6 + length else { break }
                let mask = Array(rest.dropFirst(2).prefix(4))
                frames.append((first & 0x0F, rest.dropFirst(6).prefix(length).enumerated().map { $1 ^ mask[$0 % 4] }))
                rest = rest.dropFirst(6 + length)
            }
            return frames
        }
    }

    /// Says more to whoever is connected.
    func say(_ bytes: [UInt8]) {
        for child in children.withLock({ $0 }) { child.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil) }
    }

    fileprivate func start(tls: NIOSSLContext?, script: Script?) async throws -> Int {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                self.children.withLock { $0.append(channel) }
                return channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
                    try pipeline.addHandler(Listener(self, script))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        listener.withLock { $0 = channel }
        return channel.localAddress?.port ?? 0
    }

    fileprivate func stop() async {
        let all = children.withLock { $0 } + [listener.withLock { $0 }].compactMap { $0 }
        for channel in all { try? await channel.close().get() }
    }

    private final class Listener: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let server: ScriptedServer
        private let script: Script?
        private var head = ""
        private var isAnswered = false

        init(_ server: ScriptedServer, _ script: Script?) {
            self.server = server
            self.script = script
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = Self.unwrapInboundIn(data)
            guard !isAnswered else {
                server.received.withLock { $0.later += Array(bytes.readableBytesView) }
                return
            }
            head += String(buffer: bytes)
            guard head.hasSuffix("\r\n\r\n") else { return }
            isAnswered = true
            server.received.withLock { $0.request = head }
            guard let script else { return }
            var request = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/")
            for line in head.split(separator: "\r\n").dropFirst() {
                let parts = line.split(separator: ":", maxSplits: 1)
                request.headers.add(name: String(parts[0]), value: parts[1].trimmingCharacters(in: .whitespaces))
            }
            let upgrader = NIOTypedWebSocketServerUpgrader<Void>(
                shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture([:]) },
                upgradePipelineHandler: { channel, _ in channel.eventLoop.makeSucceededVoidFuture() }
            )
            upgrader.buildUpgradeResponse(
                channel: context.channel,
                upgradeRequest: request,
                initialResponseHeaders: [:]
            ).assumeIsolated().whenComplete { headers in
                // A request that asks for no websocket has no right answer of that kind.
                let answer = script((try? headers.get())?.first(name: "sec-websocket-accept") ?? "")
                context.writeAndFlush(Self.wrapOutboundOut(ByteBuffer(bytes: answer)), promise: nil)
            }
        }
    }
}

/// Runs a body beside a scripted server, which never answers without a script.
func withScriptedServer(
    tls: NIOSSLContext? = nil,
    script: ScriptedServer.Script?,
    _ body: (ScriptedServer, LAVALab) async throws -> Void
) async throws {
    let server = ScriptedServer()
    let port = try await server.start(tls: tls, script: script)
    let scheme = tls == nil ? "http" : "https"
    let lab = LAVALab(name: "scripted", url: URL(string: "\(scheme)://127.0.0.1:\(port)")!)
    let result: Result<Void, any Error>
    do { result = .success(try await body(server, lab)) } catch { result = .failure(error) }
    await server.stop()
    try result.get()
}

/// The bytes of a server's side.
enum Scripted {
    /// The right answer to a handshake, and frames in one piece with it.
    static func accepted(_ frames: [UInt8]...) -> ScriptedServer.Script {
        { accept in
            Array(
                """
                HTTP/1.1 101 Switching Protocols\r
                Upgrade: websocket\r
                Connection: upgrade\r
                Sec-WebSocket-Accept: \(accept)\r
                \r

                """.utf8
            ) + frames.flatMap { $0 }
        }
    }

    static func answer(_ status: String, _ type: String = "text/plain", _ body: String = "no") -> ScriptedServer.Script
    {
        { _ in
            Array(
                "HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8
            )
        }
    }

    static func frame(_ opcode: UInt8, _ payload: [UInt8], isFinal: Bool = true) -> [UInt8] {
        let first = opcode | (isFinal ? 0x80 : 0)
        switch payload.count {
        case 0..<126: return [first, UInt8(payload.count)] + payload
        case 126..<65_536: return [first, 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)] + payload
        default: return [first, 127] + (0..<8).reversed().map { UInt8(payload.count >> ($0 * 8) & 0xFF) } + payload
        }
    }

    static func text(_ text: String) -> [UInt8] { frame(1, Array(text.utf8)) }

    /// The text of a job's event.
    static func event(_ job: Int, _ state: String) -> String {
        #"["org.lavasoftware.testjob", "u", "2026-11-23T20:04:32.263683", "admin", "#
            + #""{\"job\": \#(job), \"state\": \"\#(state)\", \"health\": \"Unknown\"}"]"#
    }
}
