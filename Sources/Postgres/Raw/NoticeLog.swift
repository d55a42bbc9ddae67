// SPDX-License-Identifier: Apache-2.0

internal import CLibPQ
internal import Logging

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
