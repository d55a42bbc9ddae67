// SPDX-License-Identifier: Apache-2.0

internal import CLibPQ

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
