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

/// Makes an error of what libpq says when a connection cannot be made.
///
/// libpq 15 gives no fields for this, only text; in verbose form the text holds the SQLSTATE between colons, as in
/// `FATAL:  28P01: password authentication failed`. Where the server never spoke, the words of libpq itself decide; they are
/// English, since this library never calls `setlocale`.
enum ConnectFailure {
    static func classify(_ text: String) -> PostgresError {
        let message = text.isEmpty ? "the connection failed" : text
        // PgBouncer's words. It will not become a server that takes them.
        guard !message.contains("unsupported startup parameter") else {
            return PostgresError(.configuration, "this is a pooler, and pooling says that there is none: \(message)")
        }
        guard let state = sqlState(in: message) else {
            return PostgresError(codeWithoutState(message), message)
        }
        var error = PostgresError(.server, message, sqlState: state)
        error.severity = "FATAL"
        switch state.errorClass {
        case "28": error.code = .authentication
        // Connection exceptions, too many connections, shutting down or starting up: all pass.
        case "08", "53", "57": error.code = .connection
        default: error.code = .server
        }
        return error
    }

    private static func codeWithoutState(_ message: String) -> PostgresError.Code {
        let lower = message.lowercased()
        if lower.contains("no password supplied") { return .authentication }
        if lower.contains("certificate") || lower.contains("ssl error") || lower.contains("does not support ssl") {
            return .tls
        }
        return .connection
    }

    /// The last one: with `prefer`, libpq may have tried twice.
    private static func sqlState(in message: String) -> PostgresSQLState? {
        let words = message.split(separator: " ")
        for (word, next) in zip(words, words.dropFirst()).reversed() where word.hasSuffix(":") && next.hasSuffix(":") {
            let state = next.dropLast()
            if state.utf8.count == 5, state.allSatisfy({ $0.isASCII && ($0.isNumber || $0.isUppercase) }) {
                return PostgresSQLState(rawValue: String(state))
            }
        }
        return nil
    }
}

/// Takes the server's notices, which libpq would otherwise print to standard error, to the log.
final class NoticeLog {
    private let logger: Logger
    /// The server has ended the connection while nothing ran: libpq passes its last words on as a mere notice.
    private(set) var isFarewell = false

    init(logger: Logger) {
        self.logger = logger
    }

    /// `self` must outlive the connection; `RawConnection` owns both.
    func install(on handle: OpaquePointer) {
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe PQsetNoticeReceiver(
            handle,
            { context, result in
                guard let context = unsafe context, let result = unsafe result else { return }
                let log = unsafe Unmanaged<NoticeLog>.fromOpaque(context).takeUnretainedValue()
                let state = unsafe PQresultErrorField(result, clibpq_diag_sqlstate).map { unsafe String(cString: $0) }
                let text = unsafe PQresultErrorField(result, clibpq_diag_message).map { unsafe String(cString: $0) }
                let severity = unsafe PQresultErrorField(result, clibpq_diag_severity).map {
                    unsafe String(cString: $0)
                }
                if severity == "FATAL" || severity == "PANIC" { log.isFarewell = true }
                log.write(state: state ?? "", text: text ?? "")
            },
            context
        )
    }

    private func write(state: String, text: String) {
        logger.debug(
            "the server gave a notice",
            metadata: ["postgres.sql_state": .string(state), "postgres.notice": .string(text)]
        )
    }
}

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
