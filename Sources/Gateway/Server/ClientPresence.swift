// SPDX-License-Identifier: Apache-2.0

import FleetRuntime
import NIOCore
import Synchronization

/// Whether the client at the other end of a connection is still there.
final class ClientPresence: Sendable {
    private let state = Mutex<(isGone: Bool, next: Int, watchers: [Int: @Sendable () -> Void])>((false, 0, [:]))

    /// To be called when it has left.
    func leave() {
        let watchers = state.withLock { state in
            defer { state = (true, state.next, [:]) }
            return Array(state.watchers.values)
        }
        for watcher in watchers { watcher() }
    }

    /// Runs `body`, and cancels it when the client leaves.
    func during<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) async throws -> Result {
        let work = Task { try await body() }
        let number = state.withLock { state -> Int? in
            guard !state.isGone else { return nil }
            state.next += 1
            state.watchers[state.next] = { work.cancel() }
            return state.next
        }
        defer { if let number { state.withLock { _ = $0.watchers.removeValue(forKey: number) } } }
        if number == nil { work.cancel() }
        return try await withTaskCancellationHandler {
            do {
                return try await work.value
            } catch {
                // Whatever was under way ends in its own words: a statement that was canceled is no failure here.
                if work.isCancelled { throw CancellationError() }
                throw error
            }
        } onCancel: {
            work.cancel()
        }
    }
}

extension GatewayContext {
    /// Runs what only its client wants, and stops when that has left.
    ///
    /// - Throws: what `body` throws; `CancellationError` when the client has left.
    func whileClientStays<Result: Sendable>(
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let channel = channel
        let presence = try? await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.handler(type: ConnectionGuard.self).presence
        }.get()
        // A connection that is closed has no handlers.
        guard let presence else { throw CancellationError() }
        return try await presence.during(body)
    }

    /// What is smaller is worked on where it stands, in bytes.
    private static let smallBytes = 64 << 10

    /// Works on a body as ``work(on:of:_:)`` does. Where nobody else has it, whoever works on it may change it in place.
    func work<Result: Sendable>(
        on bytes: consuming [UInt8],
        _ body: @escaping @Sendable (consuming [UInt8], HeavyWork.Demand) throws -> Result
    ) async throws -> Result {
        let count = bytes.count
        return try await work(on: consume bytes, of: count, body)
    }

    /// Works on so many bytes that a client has sent: apart from everybody else if that can take long, and no longer
    /// than the client waits for it.
    ///
    /// - Throws: what `body` throws; `CancellationError` when the client has left; ``HeavyWork/Overload``.
    func work<Input: Sendable, Result: Sendable>(
        on input: consuming Input,
        of bytes: Int,
        _ body: @escaping @Sendable (consuming Input, HeavyWork.Demand) throws -> Result
    ) async throws -> Result {
        guard bytes > Self.smallBytes else { return try body(consume input, .lasting) }
        let handover = Handover(consume input)
        return try await whileClientStays {
            try await HeavyWork.shared.run { demand in
                guard let input = handover.take() else { throw CancellationError() }
                return try body(consume input, demand)
            }
        }
    }
}
