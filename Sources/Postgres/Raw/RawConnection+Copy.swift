// SPDX-License-Identifier: Apache-2.0

internal import CLibPQ

extension RawConnection {
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
