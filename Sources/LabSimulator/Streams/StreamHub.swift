// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOWebSocket
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
        /// Says something malicious to everyone, again and again for `for_ms`.
        var malice: StreamMalice?
        /// A second unless given.
        var forMilliseconds: Int?

        enum CodingKeys: String, CodingKey {
            case cut, malice
            case refuseMilliseconds = "refuse_ms"
            case silentMilliseconds = "silent_ms"
            case forMilliseconds = "for_ms"
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
        var send: @Sendable ([WebSocketFrame]) -> Void
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
            let frame = WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(bytes: text))
            for listener in state.listeners.values { listener.send([frame]) }
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
        guard let malice = order.malice else { return }
        let end = ContinuousClock.now + .milliseconds(min(max(0, order.forMilliseconds ?? 1_000), 3_600_000))
        Task {
            var turn = 0
            while ContinuousClock.now < end {
                say(malice.frames(turn: turn))
                turn += 1
                try await Task.sleep(for: StreamMalice.pause)
            }
        }
    }

    /// Says to everyone what is no event of the lab's.
    private func say(_ frames: [WebSocketFrame]) {
        for listener in state.withLock({ Array($0.listeners.values) }) { listener.send(frames) }
    }
}
