// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

@testable import LAVA

/// A lab on loopback that answers each request as a script says, for what neither a real one nor the simulator says.
struct ScriptedLab: Sendable {
    /// An answer.
    struct Answer: Sendable {
        var status = HTTPResponseStatus.ok
        var headers: [(String, String)] = [("Content-Type", "application/json")]
        var body: String = ""
        /// Sent behind the body, again and again, so often or until the client leaves.
        var piece = ""
        var pieces = 0
        var end = ""
        var delay: TimeAmount = .zero
    }

    typealias Script = @Sendable (_ path: String) -> Answer

    let client: LAVAClient
    let requests: Requests

    /// What was asked.
    final class Requests: Sendable {
        private let state = Mutex<(paths: [String], open: Int, most: Int)>(([], 0, 0))

        var paths: [String] { state.withLock { $0.paths } }
        /// How many were open at once, at most.
        var mostOpen: Int { state.withLock { $0.most } }

        func begin(_ path: String) {
            state.withLock {
                $0.paths.append(path)
                $0.open += 1
                $0.most = max($0.most, $0.open)
            }
        }

        func end() { state.withLock { $0.open -= 1 } }
    }

    /// Runs a body beside a lab that follows a script.
    static func with<Result: Sendable>(
        _ script: @escaping Script,
        change: (inout LAVALab) -> Void = { _ in },
        _ body: (ScriptedLab) async throws -> Result
    ) async throws -> Result {
        let requests = Requests()
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(script, requests))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        var lab = LAVALab(name: "scripted", url: URL(string: "http://127.0.0.1:\(server.localAddress?.port ?? 0)")!)
        change(&lab)
        let httpClient = try LAVAClient.makeHTTPClient(for: [lab])
        let client = LAVAClient(lab: lab, httpClient: httpClient, logger: Logger(label: "test"))
        let outcome: Swift.Result<Result, any Error>
        do {
            outcome = .success(try await body(ScriptedLab(client: client, requests: requests)))
        } catch {
            outcome = .failure(error)
        }
        try await httpClient.shutdown()
        try await server.close().get()
        return try outcome.get()
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let script: Script
        private let requests: Requests
        private var path = ""
        private var left = 0
        private var answer = Answer()
        private var isAnswering = false

        init(_ script: @escaping Script, _ requests: Requests) {
            self.script = script
            self.requests = requests
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch Self.unwrapInboundIn(data) {
            case .head(let head): path = head.uri
            case .body: break
            case .end:
                requests.begin(path)
                isAnswering = true
                answer = script(path)
                context.eventLoop.assumeIsolated().scheduleTask(in: answer.delay) { self.begin(context) }
            }
        }

        func channelInactive(context: ChannelHandlerContext) {
            if isAnswering { requests.end() }
            isAnswering = false
            context.fireChannelInactive()
        }

        func channelWritabilityChanged(context: ChannelHandlerContext) {
            if isAnswering, left > 0 { fill(context) }
        }

        private func begin(_ context: ChannelHandlerContext) {
            guard isAnswering, context.channel.isActive else { return }
            var head = HTTPResponseHead(version: .http1_1, status: answer.status)
            for (name, value) in answer.headers { head.headers.add(name: name, value: value) }
            context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
            write(answer.body, context)
            left = answer.pieces
            fill(context)
        }

        private func fill(_ context: ChannelHandlerContext) {
            while left > 0, context.channel.isWritable, context.channel.isActive {
                left -= 1
                write(answer.piece, context)
                context.flush()
            }
            guard left == 0, isAnswering else { return }
            isAnswering = false
            requests.end()
            write(answer.end, context)
            context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil)
        }

        private func write(_ text: String, _ context: ChannelHandlerContext) {
            guard !text.isEmpty else { return }
            context.write(Self.wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
        }
    }
}
