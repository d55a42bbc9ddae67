// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTLS
import Logging
import NIOCore
import NIOSSL
import ServiceLifecycle
import Synchronization

/// A callback as it arrived.
struct ReceivedCallback: Sendable {
    let method: String
    let path: String
    let headers: [String: String]
    let body: [UInt8]

    var id: String { headers["webhook-id"] ?? "" }
}

/// What a receiver does with one callback.
enum ReceiverAnswer: Sendable {
    case status(Int, headers: [String: String] = [:], body: String = "")
    case hang
}

/// A receiver of callbacks on loopback that remembers everything.
final class CallbackReceiver: Sendable {
    private let callbacks = Mutex<[ReceivedCallback]>([])
    private let openPort = Mutex<Int>(0)

    var received: [ReceivedCallback] { callbacks.withLock { $0 } }
    var port: Int { openPort.withLock { $0 } }
    var url: String { "http://127.0.0.1:\(port)/hook" }

    /// Runs a receiver around `body`; `answer` is given each callback and how many came before it.
    static func with<Outcome: Sendable>(
        port: Int = 0,
        tls: TLSConfiguration? = nil,
        _ answer: @escaping @Sendable (ReceivedCallback, Int) -> ReceiverAnswer = { _, _ in .status(200) },
        _ body: (CallbackReceiver) async throws -> Outcome
    ) async throws -> Outcome {
        let receiver = CallbackReceiver()
        var logger = Logger(label: "receiver")
        logger.logLevel = .critical
        let application = Application(
            responder: CallbackResponder<BasicRequestContext> { request, _ in
                try await receiver.respond(to: request, answer)
            },
            server: try tls.map { try .tls(tlsConfiguration: $0) } ?? .http1(),
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port)),
            onServerRunning: { channel in
                receiver.openPort.withLock { $0 = channel.localAddress?.port ?? 0 }
            },
            logger: logger
        )
        let running = Task { try await application.run() }
        defer { running.cancel() }
        try await eventually("the receiver listens") { receiver.port > 0 }
        let outcome = try await body(receiver)
        running.cancel()
        _ = await running.result
        return outcome
    }

    private func respond(
        to request: Request,
        _ answer: @Sendable (ReceivedCallback, Int) -> ReceiverAnswer
    ) async throws -> Response {
        let buffer = try await request.body.collect(upTo: 1 << 20)
        let headers = Dictionary(request.headers.map { ($0.name.canonicalName, $0.value) }) { first, _ in first }
        let callback = ReceivedCallback(
            method: request.method.rawValue,
            path: request.uri.path,
            headers: headers,
            body: Array(buffer.readableBytesView)
        )
        let before = callbacks.withLock { callbacks in
            callbacks.append(callback)
            return callbacks.count - 1
        }
        switch answer(callback, before) {
        case .hang:
            try await Task.sleep(for: .seconds(3_600))
            return Response(status: .ok)
        case .status(let status, let headers, let body):
            var response = Response(status: .init(code: status), body: .init(byteBuffer: ByteBuffer(string: body)))
            for (name, value) in headers {
                if let name = HTTPField.Name(name) { response.headers[name] = value }
            }
            return response
        }
    }
}
