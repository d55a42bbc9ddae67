// SPDX-License-Identifier: Apache-2.0

internal import CLibPQ
internal import Logging

/// Owns one `PGconn`. Not Sendable: it belongs to the thread that made it.
///
/// The connection is put in libpq's non-blocking mode and every wait is our own `poll`, so that no call can last longer than
/// its deadline, whatever the server does.
@safe final class RawConnection {
    let handle: OpaquePointer
    let wakeup: Wakeup
    private let notices: NoticeLog
    /// Set once anything happened after which the stream can no longer be trusted. Such a connection is only closed.
    private(set) var isBroken = false

    /// Begins to dial; `connect` completes it.
    init(parameters: [(name: String, value: String)], wakeup: Wakeup, logger: Logger) throws(PostgresError) {
        let handle = try unsafe CStringArena.withPointers(parameters.map(\.name)) { names throws(PostgresError) in
            try unsafe CStringArena.withPointers(parameters.map(\.value)) { values throws(PostgresError) in
                unsafe PQconnectStartParams(names, values, 0)
            }
        }
        guard let handle = unsafe handle else { throw PostgresError(.connection, "no memory for a connection") }
        unsafe self.handle = unsafe handle
        self.wakeup = wakeup
        self.notices = NoticeLog(logger: logger)
        // Verbose, since only then a refused connection carries its SQLSTATE.
        _ = unsafe PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
        unsafe notices.install(on: handle)
    }

    deinit {
        unsafe PQfinish(handle)
    }

    /// Dials, negotiates and logs in, until `deadline` at the longest.
    func connect(until deadline: ContinuousClock.Instant, cancel: CancelSwitch) throws(PostgresError) {
        var state = PGRES_POLLING_WRITING
        while state != PGRES_POLLING_OK {
            if cancel.isRequested { throw PostgresError(.canceled, "canceled while connecting") }
            let socket = unsafe PQsocket(handle)
            guard state != PGRES_POLLING_FAILED, unsafe PQstatus(handle) != CONNECTION_BAD, socket >= 0 else {
                throw connectFailure()
            }
            let outcome = SocketWait.wait(
                socket: socket,
                forReading: state == PGRES_POLLING_READING,
                forWriting: state == PGRES_POLLING_WRITING,
                wakeup: wakeup,
                until: deadline
            )
            switch outcome {
            case .ready: state = unsafe PQconnectPoll(handle)
            case .woken: continue
            case .timedOut:
                throw PostgresError(.connection, "the server did not complete the connection in time")
            }
        }
        guard unsafe PQsetnonblocking(handle, 1) == 0 else {
            throw PostgresError(.connection, "the connection cannot be made non-blocking")
        }
        guard let target = unsafe RawCancel(connection: handle) else {
            throw PostgresError(.connection, "the server gave no means to cancel")
        }
        cancel.arm(target)
    }

    /// What the server thinks of our transaction.
    enum TransactionState {
        case idle
        case active
        case open
        case failed
        case unknown
    }

    var transactionState: TransactionState {
        switch unsafe PQtransactionStatus(handle) {
        case PQTRANS_IDLE: .idle
        case PQTRANS_ACTIVE: .active
        case PQTRANS_INTRANS: .open
        case PQTRANS_INERROR: .failed
        default: .unknown
        }
    }

    var isTLS: Bool { unsafe PQsslInUse(handle) == 1 }

    var processID: Int32 { unsafe PQbackendPID(handle) }

    /// Gives the connection up: it is closed instead of used again.
    func markBroken() {
        isBroken = true
    }

    /// Whether this is still a connection, by what has arrived, without waiting: a server that ended it while it lay idle is
    /// found out here.
    func checkAlive() -> Bool {
        // The last words and the end of the stream may take a read each, and notices may come before them.
        for _ in 0..<Self.maximumReads where !isBroken {
            guard unsafe PQconsumeInput(handle) == 1, unsafe PQstatus(handle) == CONNECTION_OK else {
                isBroken = true
                break
            }
            // Busy while idle: the stream is out of step. Asking also makes libpq parse what has arrived.
            if unsafe PQisBusy(handle) == 1 || notices.isFarewell { isBroken = true }
            let socket = unsafe PQsocket(handle)
            if socket < 0 { isBroken = true }
            if isBroken || !SocketWait.isReadable(socket) { break }
        }
        return !isBroken
    }

    private static let maximumReads = 16

    /// libpq's last words, copied: the text is libpq's until its next call.
    func lastMessage() -> String {
        unsafe PQerrorMessage(handle).map { unsafe String(cString: $0) }?.trimmedLines() ?? ""
    }

    func lost(_ fallback: String) -> PostgresError {
        isBroken = true
        let message = lastMessage()
        return PostgresError(.connection, message.isEmpty ? fallback : message)
    }

    private func connectFailure() -> PostgresError {
        ConnectFailure.classify(lastMessage())
    }
}
