// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Hummingbird
import NIOCore
import ServiceLifecycle

/// How often a stream looks, when it says that it lives, and when it asks whether its token is still good.
struct StreamPace {
    /// The pauses between looks: while something happens, and while nothing does.
    private static let pauses = (shortest: Duration.milliseconds(500), longest: Duration.seconds(5))
    /// How long nothing is sent at most, so that everybody between knows that the connection lives.
    private static let silence = Duration.seconds(15)
    /// How often it is looked whether the token is still good.
    private static let recheck = Duration.seconds(5)

    /// The token that the stream was asked for with: it ends with it.
    let token: UUID?
    private var pause = pauses.shortest
    private var silentSince = ContinuousClock.now
    private var checkedAt = ContinuousClock.now

    init(token: UUID?) { self.token = token }

    /// What a stream begins with. A comment at once: the head goes out with it, and the client knows that it is heard.
    static let beginning = ByteBuffer(string: "retry: 2000\n\n")

    /// Whether the token is still good, as far as that is to be asked now.
    mutating func isAllowed(_ store: FleetStore) async throws -> Bool {
        guard let token, .now - checkedAt > Self.recheck else { return true }
        checkedAt = .now
        return try await store.isGood(token: token)
    }

    /// To be called after each look.
    ///
    /// - Returns: what is to be sent, if nothing was for long.
    mutating func looked(hasTold: Bool) -> ByteBuffer? {
        if hasTold {
            (pause, silentSince) = (Self.pauses.shortest, .now)
        } else {
            pause = min(pause * 1.5, Self.pauses.longest)
        }
        guard .now - silentSince > Self.silence else { return nil }
        silentSince = .now
        return ByteBuffer(string: ":\n\n")
    }

    /// Waits until the next look, at most until `end`.
    ///
    /// - Returns: whether there is to be one.
    func wait(until end: ContinuousClock.Instant? = nil) async -> Bool {
        let length = min(pause, end.map { $0 - .now } ?? pause)
        guard length > .zero, !Task.isShuttingDownGracefully else { return false }
        try? await cancelWhenGracefulShutdown { try await Task.sleep(for: length) }
        return !Task.isCancelled
    }

    /// One event. JSON has no line breaks in it.
    static func event(_ name: String, id: String, _ value: some Encodable) throws -> ByteBuffer {
        var buffer = ByteBuffer(string: "id: \(id)\nevent: \(name)\ndata: ")
        buffer.writeBytes(try FleetJSON.bytes(value))
        buffer.writeString("\n\n")
        return buffer
    }
}
