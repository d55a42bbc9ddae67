// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// An HTTP proxy on loopback that makes tunnels (CONNECT). Whatever host it is asked for, it dials this machine at the port
/// that it was given.
package final class TestHTTPProxy: Sendable {
    private typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// What it does with a request.
    package enum Manner: Sendable {
        case open
        /// Lets in who says this, as `user:password`.
        case wants(String)
        /// Lets nobody through.
        case refuses
    }

    package let port: Int
    private let manner: Manner
    private let seen = Mutex<(requests: [String], text: String)>(([], ""))

    /// Method and target of each request, in order: `CONNECT lab.test:443`.
    package var requests: [String] { seen.withLock { $0.requests } }

    /// Everything that was said to it or through it, by the one who dialled it.
    package var heard: String { seen.withLock { $0.text } }

    package var url: String { "http://127.0.0.1:\(port)" }

    private init(port: Int, manner: Manner) {
        self.port = port
        self.manner = manner
    }

    /// Lends a proxy.
    package static func with<Outcome: Sendable>(
        _ manner: Manner = .open,
        _ body: (TestHTTPProxy) async throws -> Outcome
    ) async throws -> Outcome {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture { try connection(channel) }
            }
        let proxy = TestHTTPProxy(port: server.channel.localAddress?.port ?? 0, manner: manner)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try? await proxy.serve(server) }
            defer { group.cancelAll() }
            return try await body(proxy)
        }
    }

    private static func connection(_ channel: any Channel) throws -> Connection {
        try NIOAsyncChannel(
            wrappingChannelSynchronously: channel,
            configuration: .init(isOutboundHalfClosureEnabled: true)
        )
    }

    private func serve(_ server: NIOAsyncChannel<Connection, Never>) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            try await server.executeThenClose { connections in
                for try await connection in connections {
                    group.addTask { try? await self.serve(connection) }
                }
            }
        }
    }

    private func serve(_ client: Connection) async throws {
        try await client.executeThenClose { inbound, outbound in
            var pieces = inbound.makeAsyncIterator()
            var text = ""
            while !text.contains("\r\n\r\n") {
                guard let piece = try await pieces.next() else { return }
                text += String(buffer: piece)
            }
            guard let request = ProxiedRequest(text) else { return }
            hear(text, request.line)
            if let refusal = refusal(of: request) { return try await outbound.write(ByteBuffer(string: refusal)) }
            let server = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: "127.0.0.1", port: request.port) { channel in
                    channel.eventLoop.makeCompletedFuture { try Self.connection(channel) }
                }
            try await server.executeThenClose { answers, requests in
                try await outbound.write(ByteBuffer(string: "HTTP/1.1 200 Connection established\r\n\r\n"))
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        for try await piece in answers { try await outbound.write(piece) }
                        outbound.finish()
                    }
                    defer { group.cancelAll() }
                    while let piece = try await pieces.next() {
                        hear(String(buffer: piece))
                        try await requests.write(piece)
                    }
                }
            }
        }
    }

    private func hear(_ text: String, _ request: String? = nil) {
        seen.withLock { seen in
            seen.text += text
            if let request { seen.requests.append(request) }
        }
    }

    private func refusal(of request: ProxiedRequest) -> String? {
        switch manner {
        case .open: return nil
        case .refuses: return "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
        case .wants(let credentials):
            guard request.authorization != "Basic " + Data(credentials.utf8).base64EncodedString() else { return nil }
            return "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"test\"\r\n"
                + "Content-Length: 0\r\n\r\n"
        }
    }
}

/// What a proxy is asked.
private struct ProxiedRequest {
    /// Method and target.
    let line: String
    let port: Int
    let authorization: String?

    /// A request from its head; nil for one that asks for no tunnel.
    init?(_ text: String) {
        let lines = text.components(separatedBy: "\r\n")
        let words = lines[0].components(separatedBy: " ")
        guard words.count == 3, words[0] == "CONNECT",
            let port = words[1].split(separator: ":").last.flatMap({ Int($0) })
        else { return nil }
        line = "\(words[0]) \(words[1])"
        self.port = port
        let name = "proxy-authorization:"
        authorization = lines.first { $0.lowercased().hasPrefix(name) }
            .map { String($0.dropFirst(name.count)).trimmingCharacters(in: .whitespaces) }
    }
}
