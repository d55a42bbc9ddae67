// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import Synchronization

/// Everyone who listens to the lab's events, and what is ordered of all their connections. Nothing is kept for
/// whoever listens later, as in LAVA.
final class StreamHub: Sendable {
    /// What a person orders of the streams.
    struct Order: Sendable, Decodable {
        /// Drops every stream there is.
        var cut: Bool?
        /// Answers whoever wants one with 503 for this long.
        var refuseMilliseconds: Int?
        /// Keeps the connections, and says nothing on them for this long: no events, no answers to pings.
        var silentMilliseconds: Int?

        enum CodingKeys: String, CodingKey {
            case cut
            case refuseMilliseconds = "refuse_ms"
            case silentMilliseconds = "silent_ms"
        }
    }

    private struct State {
        var listeners: [ObjectIdentifier: Listener] = [:]
        var refusedUntil = NIODeadline.uptimeNanoseconds(0)
        var silentUntil = NIODeadline.uptimeNanoseconds(0)
        var sent = 0
    }

    /// One connection.
    struct Listener: Sendable {
        var channel: any Channel
        var send: @Sendable (ByteBuffer) -> Void
    }

    private let state = Mutex(State())
    private let isMute: Bool

    /// A hub; a mute one takes listeners, answers their pings, and never says anything of its own.
    init(isMute: Bool = false) {
        self.isMute = isMute
    }

    func join(_ listener: Listener) {
        state.withLock { $0.listeners[ObjectIdentifier(listener.channel)] = listener }
    }

    func leave(_ channel: any Channel) {
        _ = state.withLock { $0.listeners.removeValue(forKey: ObjectIdentifier(channel)) }
    }

    /// How many listen.
    var count: Int { state.withLock { $0.listeners.count } }

    /// How many events were sent; one counts once, however many listen.
    var sentCount: Int { state.withLock { $0.sent } }

    var isRefusing: Bool { state.withLock { $0.refusedUntil > .now() } }

    var isSilent: Bool { state.withLock { $0.silentUntil > .now() } }

    /// Sends a text to everyone. Called in the order of the events, it keeps that order on every connection.
    func send(_ text: [UInt8]) {
        guard !isMute else { return }
        state.withLock { state in
            guard !state.listeners.isEmpty, state.silentUntil <= .now() else { return }
            state.sent += 1
            let bytes = ByteBuffer(bytes: text)
            for listener in state.listeners.values { listener.send(bytes) }
        }
    }

    func perform(_ order: Order) {
        func moment(_ milliseconds: Int?) -> NIODeadline? {
            milliseconds.map { .now() + .milliseconds(Int64(min(max(0, $0), 3_600_000))) }
        }
        let channels = state.withLock { state in
            state.refusedUntil = moment(order.refuseMilliseconds) ?? state.refusedUntil
            state.silentUntil = moment(order.silentMilliseconds) ?? state.silentUntil
            return order.cut == true ? state.listeners.values.map(\.channel) : []
        }
        for channel in channels { channel.close(promise: nil) }
    }
}
