// SPDX-License-Identifier: Apache-2.0

internal import CLibPQ
internal import Glibc

/// Waits on one socket and one wakeup, never longer than until a deadline.
enum SocketWait {
    enum Outcome {
        case ready
        case woken
        case timedOut
    }

    /// A wakeup is cleared before it is reported; it goes first, since whoever signals wants to be heard now.
    static func wait(
        socket: Int32,
        forReading: Bool,
        forWriting: Bool,
        wakeup: Wakeup,
        until deadline: ContinuousClock.Instant
    ) -> Outcome {
        var events: Int16 = 0
        if forReading { events |= Int16(POLLIN) }
        if forWriting { events |= Int16(POLLOUT) }
        var descriptors = [
            pollfd(fd: socket, events: events, revents: 0),
            pollfd(fd: wakeup.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            let limit = milliseconds(until: deadline)
            let count = unsafe poll(&descriptors, nfds_t(descriptors.count), limit)
            if count < 0 {
                // EINTR is no event; anything else is for libpq to find when it next touches the socket.
                if errno == EINTR { continue }
                return .ready
            }
            if count == 0 {
                if ContinuousClock.now >= deadline { return .timedOut }
                continue
            }
            if descriptors[1].revents != 0 {
                wakeup.clear()
                return .woken
            }
            return .ready
        }
    }

    /// Whether something has arrived, or the end has.
    static func isReadable(_ socket: Int32) -> Bool {
        var descriptor = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&descriptor, 1, 0) > 0
    }

    /// Rounded up, so that a short rest does not spin; at most an hour at a time.
    private static func milliseconds(until deadline: ContinuousClock.Instant) -> Int32 {
        let rest = ContinuousClock.now.duration(to: deadline)
        if rest <= .zero { return 0 }
        if rest > .seconds(3600) { return 3_600_000 }
        let parts = rest.components
        return Int32(clamping: parts.seconds * 1000 + (parts.attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}

/// How long to wait for one answer of the server, and who may cut the wait short.
struct ResponseWait {
    /// For each result anew. Longer than the server's own `statement_timeout`, so that normally the server ends it.
    var limit: Duration
    /// nil where a cancellation must not be heard: COMMIT, ROLLBACK.
    var cancel: CancelSwitch?

    /// How long the server may take to stop after it was asked to.
    static let cancelGrace: Duration = .seconds(10)
    /// A cancel request that reaches the server before the statement does is lost, so it is repeated at this pace.
    static let cancelPace: Duration = .milliseconds(500)
}

/// Wakes a thread that waits in `poll` on a connection's socket. Any thread may signal.
final class Wakeup: Sendable {
    let descriptor: Int32

    init() throws(PostgresError) {
        descriptor = clibpq_wakeup_open()
        guard descriptor >= 0 else { throw PostgresError(.connection, "no descriptor left for a connection") }
    }

    deinit {
        clibpq_wakeup_close(descriptor)
    }

    func signal() {
        clibpq_wakeup_signal(descriptor)
    }

    func clear() {
        clibpq_wakeup_clear(descriptor)
    }
}
