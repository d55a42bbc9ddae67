// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// A receiver of callbacks on a port of its own, which writes down every request.
final class CallbackReceiver: Service {
    struct Received: Sendable {
        let at: Date
        let headers: [String: String]
        let body: [UInt8]
        /// What it was answered; `nil` when it was left hanging.
        let status: Int?

        var id: String { headers["webhook-id"] ?? "" }
        var json: [String: Any] {
            (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any] ?? [:]
        }
    }

    private let received = Mutex<[Received]>([])
    private let answers = Mutex<[Int]>([])
    private let address = Mutex<Int?>(nil)
    private let mood = Mutex<Mood>(.good)

    /// How requests fare for which no answer was ordered.
    enum Mood: Sendable {
        /// Taken, with 200.
        case good
        /// Answered with this status.
        case status(Int)
        /// Not answered for so long, and then with 503.
        case hanging(Duration)
    }

    func set(_ mood: Mood) { self.mood.withLock { $0 = mood } }

    var all: [Received] { received.withLock { $0 } }
    /// The different events, however often each was tried.
    var events: Set<String> { Set(all.map(\.id)) }

    /// The next requests are answered with these statuses, then with 200.
    func answer(with statuses: [Int]) { answers.withLock { $0 = statuses } }

    var url: String {
        get throws {
            guard let port = address.withLock({ $0 }) else {
                throw NeverHappened(what: "a port")
            }
            return "http://127.0.0.1:\(port)/callback"
        }
    }

    func run() async throws {
        let router = Router()
        router.post("callback") { request, _ -> Response in
            let body = try await request.body.collect(upTo: 1 << 24)
            var headers: [String: String] = [:]
            for field in request.headers { headers[field.name.rawName.lowercased()] = field.value }
            let mood = self.mood.withLock { $0 }
            let ordered = self.answers.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            let status: Int? =
                switch mood {
                case .good: ordered ?? 200
                case .status(let status): ordered ?? status
                case .hanging: ordered
                }
            self.received.withLock { list in
                list.append(Received(at: .now, headers: headers, body: Array(buffer: body), status: status))
            }
            if status == nil, case .hanging(let duration) = mood { try? await Task.sleep(for: duration) }
            return Response(status: .init(code: status ?? 503))
        }
        let application = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in self.address.withLock { $0 = channel.localAddress?.port } },
            logger: Logger(label: "receiver", factory: { _ in SwiftLogNoOpLogHandler() })
        )
        try await application.run()
    }
}
