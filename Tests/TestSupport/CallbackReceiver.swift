// SPDX-License-Identifier: Apache-2.0

package import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTLS
import Logging
import NIOCore
package import NIOSSL
import ServiceLifecycle
import Synchronization

/// A receiver of callbacks on loopback that remembers every request.
package final class CallbackReceiver: Service {
    /// What becomes of a callback, and of how many there were before it.
    package typealias Rule = @Sendable (_ callback: ReceivedCallback, _ before: Int) -> ReceiverAnswer

    private struct State {
        var received: [ReceivedCallback] = []
        var rule: Rule
        var port = 0
        var isOver = false
    }

    private let state: Mutex<State>
    private let requestedPort: Int
    private let tls: TLSConfiguration?

    /// A receiver that does not run yet. Port 0 is any that is free; each callback is answered as `rule` says.
    package init(
        port: Int = 0,
        tls: TLSConfiguration? = nil,
        _ rule: @escaping Rule = { _, _ in .status(200) }
    ) {
        state = Mutex(State(rule: rule))
        requestedPort = port
        self.tls = tls
    }

    /// All callbacks so far, in order.
    package var received: [ReceivedCallback] { state.withLock { $0.received } }
    /// The different events, however often each was tried.
    package var events: Set<String> { Set(received.map(\.id)) }
    /// Where it listens; 0 as long as it does not.
    package var port: Int { state.withLock { $0.port } }
    /// Where it takes callbacks, as it does at every path.
    package var url: String { "http://127.0.0.1:\(port)/hook" }

    /// Answers everything so from now on.
    package func answer(_ answer: ReceiverAnswer) { state.withLock { $0.rule = { _, _ in answer } } }

    /// Runs a receiver around `body`.
    package static func with<Outcome>(
        port: Int = 0,
        tls: TLSConfiguration? = nil,
        _ rule: @escaping Rule = { _, _ in .status(200) },
        _ body: (CallbackReceiver) async throws -> Outcome
    ) async throws -> Outcome {
        let receiver = CallbackReceiver(port: port, tls: tls, rule)
        return try await withServices([receiver]) {
            try await receiver.waitUntilListening()
            return try await body(receiver)
        }
    }

    /// Returns once it takes connections.
    package func waitUntilListening() async throws {
        try await eventually("the receiver to listen") { self.port > 0 }
    }

    /// Listens until the graceful shutdown, which ends what hangs. It must not be cancelled: a server that is may trap
    /// in NIO.
    package func run() async throws {
        let application = Application(
            responder: CallbackResponder<BasicRequestContext> { request, _ in try await self.respond(to: request) },
            server: try tls.map { try .tls(tlsConfiguration: $0) } ?? .http1(),
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: requestedPort)),
            onServerRunning: { channel in self.state.withLock { $0.port = channel.localAddress?.port ?? 0 } },
            logger: quietLogger
        )
        try await withGracefulShutdownHandler {
            try await application.run()
        } onGracefulShutdown: {
            self.state.withLock { $0.isOver = true }
        }
    }

    private func respond(to request: Request) async throws -> Response {
        let body = try await request.body.collect(upTo: 1 << 24)
        var headers = Dictionary(request.headers.map { ($0.name.canonicalName, $0.value) }) { first, _ in first }
        // The server keeps it apart.
        headers["host"] = request.head.authority
        let callback = ReceivedCallback(
            at: .now,
            method: request.method.rawValue,
            path: request.uri.path,
            target: request.head.path ?? "",
            headers: headers,
            body: Array(body.readableBytesView)
        )
        let (before, rule) = state.withLock { state in
            state.received.append(callback)
            return (state.received.count - 1, state.rule)
        }
        switch rule(callback, before) {
        case .hang(let duration):
            try await hang(duration)
            return Response(status: .serviceUnavailable)
        case .status(let status, let headers, let text):
            state.withLock { $0.received[before].status = status }
            var response = Response(status: .init(code: status), body: .init(byteBuffer: ByteBuffer(string: text)))
            for (name, value) in headers {
                if let name = HTTPField.Name(name) { response.headers[name] = value }
            }
            return response
        }
    }

    private func hang(_ duration: Duration) async throws {
        let end = ContinuousClock.now + duration
        while ContinuousClock.now < end, !state.withLock({ $0.isOver }) { try await Task.sleep(for: .milliseconds(20)) }
    }
}

/// What a receiver does with a callback.
package enum ReceiverAnswer: Sendable {
    /// An answer.
    case status(Int, headers: [String: String] = [:], body: String = "")
    /// None for so long, and then 503.
    case hang(Duration = .seconds(3_600))
}

/// A callback as it arrived.
package struct ReceivedCallback: Sendable {
    /// When it was read.
    package let at: Date
    /// Such as `POST`.
    package let method: String
    /// Without the query.
    package let path: String
    /// Path and query, byte for byte.
    package let target: String
    /// By their names in small letters.
    package let headers: [String: String]
    /// As it came.
    package let body: [UInt8]
    /// What it was answered; nil for one that was left hanging.
    package fileprivate(set) var status: Int?

    /// The event's.
    package var id: String { headers["webhook-id"] ?? "" }
    /// The body, if it is an object.
    package var json: [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any] ?? [:]
    }
}
