// SPDX-License-Identifier: Apache-2.0

internal import CLibPQ

extension RawConnection {
    func sendScript(_ sql: String, _ wait: ResponseWait) throws(PostgresError) {
        let sent = try unsafe CStringArena.withPointers([sql]) { pointers throws(PostgresError) in
            unsafe PQsendQuery(handle, pointers[0])
        }
        try completeSend(sent, wait)
    }

    func sendPrepare(
        name: String,
        sql: String,
        types: [PostgresType],
        _ wait: ResponseWait
    ) throws(PostgresError) {
        let oids = types.map(\.oid)
        let sent = try unsafe CStringArena.withPointers([name, sql]) { pointers throws(PostgresError) in
            unsafe PQsendPrepare(handle, pointers[0], pointers[1], Int32(oids.count), oids)
        }
        try completeSend(sent, wait)
    }

    /// `values` in text form; nil is NULL. At most 65,535, which the caller has checked.
    func sendPrepared(name: String, values: [String?], _ wait: ResponseWait) throws(PostgresError) {
        let sent = try unsafe CStringArena.withPointers([name]) { names throws(PostgresError) in
            try unsafe CStringArena.withPointers(values) { pointers throws(PostgresError) in
                unsafe PQsendQueryPrepared(handle, names[0], Int32(values.count), pointers, nil, nil, 0)
            }
        }
        try completeSend(sent, wait)
    }

    /// A statement that is parsed and run at once, and kept nowhere; `values` as with `sendPrepared`.
    func sendUnnamed(
        sql: String,
        types: [PostgresType],
        values: [String?],
        _ wait: ResponseWait
    ) throws(PostgresError) {
        let oids = types.map(\.oid)
        let sent = try unsafe CStringArena.withPointers([sql]) { texts throws(PostgresError) in
            try unsafe CStringArena.withPointers(values) { pointers throws(PostgresError) in
                unsafe PQsendQueryParams(handle, texts[0], Int32(values.count), oids, pointers, nil, nil, 0)
            }
        }
        try completeSend(sent, wait)
    }

    private func completeSend(_ sent: Int32, _ wait: ResponseWait) throws(PostgresError) {
        guard sent == 1 else { throw lost("the statement could not be sent") }
        try flush(wait)
    }

    /// Hands everything to the kernel. Reads meanwhile, since a server that cannot write stops reading.
    func flush(_ wait: ResponseWait) throws(PostgresError) {
        let deadline = ContinuousClock.now + wait.limit
        while true {
            let rest = unsafe PQflush(handle)
            if rest == 0 { return }
            let socket = unsafe PQsocket(handle)
            guard rest == 1, socket >= 0 else { throw lost("the connection broke while sending") }
            switch SocketWait.wait(
                socket: socket,
                forReading: true,
                forWriting: true,
                wakeup: wakeup,
                until: deadline
            ) {
            case .ready:
                guard unsafe PQconsumeInput(handle) == 1 else { throw lost("the connection broke while sending") }
            case .woken: continue
            case .timedOut:
                markBroken()
                throw PostgresError(.connection, "the server did not take the statement in time")
            }
        }
    }

    /// The next result of what was sent, or nil when the connection is free again. Must be called until it returns nil.
    func nextResult(_ wait: ResponseWait) throws(PostgresError) -> RawResult? {
        try receive(wait)
        guard let result = unsafe PQgetResult(handle) else { return nil }
        return unsafe RawResult(adopting: result)
    }

    private func receive(_ wait: ResponseWait) throws(PostgresError) {
        var deadline = ContinuousClock.now + wait.limit
        var nextCancel: ContinuousClock.Instant?
        while unsafe PQisBusy(handle) == 1 {
            let socket = unsafe PQsocket(handle)
            // A closed socket never becomes ready; PQgetResult knows why it is closed.
            if socket < 0 { return }
            if nextCancel == nil, let cancel = wait.cancel, cancel.isRequested {
                deadline = min(deadline, ContinuousClock.now + ResponseWait.cancelGrace)
                nextCancel = ContinuousClock.now + ResponseWait.cancelPace
            }
            let pause = min(deadline, nextCancel ?? deadline)
            switch SocketWait.wait(socket: socket, forReading: true, forWriting: false, wakeup: wakeup, until: pause) {
            case .ready: if unsafe PQconsumeInput(handle) == 0 { return }
            case .woken: continue
            case .timedOut:
                guard ContinuousClock.now < deadline else {
                    markBroken()
                    throw PostgresError(.connection, "the server did not answer in time")
                }
                wait.cancel?.repeatRequest()
                nextCancel = ContinuousClock.now + ResponseWait.cancelPace
            }
        }
    }

    /// Sends one piece of COPY data and waits until the kernel has taken it, which bounds what libpq holds.
    func putCopy(_ bytes: [UInt8], _ wait: ResponseWait) throws(PostgresError) {
        let deadline = ContinuousClock.now + wait.limit
        while true {
            let taken = unsafe bytes.withUnsafeBytes { buffer in
                unsafe PQputCopyData(
                    handle,
                    buffer.bindMemory(to: CChar.self).baseAddress,
                    Int32(clamping: buffer.count)
                )
            }
            if taken == 1 { break }
            guard taken == 0, ContinuousClock.now < deadline else { throw lost("the connection broke during COPY") }
            try flush(wait)
        }
        try flush(wait)
    }

    /// Ends the COPY; with a reason, the server discards it and the statement fails.
    func endCopy(reason: String?, _ wait: ResponseWait) throws(PostgresError) {
        let deadline = ContinuousClock.now + wait.limit
        while true {
            let taken = try unsafe CStringArena.withPointers([reason]) { pointers throws(PostgresError) in
                unsafe PQputCopyEnd(handle, pointers[0])
            }
            if taken == 1 { break }
            guard taken == 0, ContinuousClock.now < deadline else { throw lost("the connection broke during COPY") }
            try flush(wait)
        }
        try flush(wait)
    }
}
