// SPDX-License-Identifier: Apache-2.0

internal import CLibPQ

extension RawConnection {
    /// What has arrived, copied; libpq's own are freed here.
    func takeNotifications() -> [PostgresNotification] {
        var taken: [PostgresNotification] = []
        while let notify = unsafe PQnotifies(handle) {
            let channel = unsafe notify.pointee.relname.map { unsafe String(cString: $0) } ?? ""
            let payload = unsafe notify.pointee.extra.map { unsafe String(cString: $0) } ?? ""
            let sender = unsafe notify.pointee.be_pid
            unsafe PQfreemem(notify)
            taken.append(.message(.init(channel: channel, payload: payload, senderProcessID: sender)))
        }
        return taken
    }

    /// Waits for something to arrive, or the deadline, or a cancellation.
    func waitForInput(until deadline: ContinuousClock.Instant, cancel: CancelSwitch) throws(PostgresError) {
        while !cancel.isRequested {
            let socket = unsafe PQsocket(handle)
            guard socket >= 0 else { throw lost("the connection broke") }
            switch SocketWait.wait(
                socket: socket,
                forReading: true,
                forWriting: false,
                wakeup: wakeup,
                until: deadline
            ) {
            case .ready:
                guard checkAlive() else { throw lost("the connection broke") }
                return
            case .woken: continue
            case .timedOut: return
            }
        }
        throw PostgresError(.canceled, "canceled while waiting for notifications")
    }
}
