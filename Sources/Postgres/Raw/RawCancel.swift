// SPDX-License-Identifier: Apache-2.0

internal import CLibPQ

/// libpq's means of asking the server, over a connection of its own, to stop what another connection runs.
///
/// `@unchecked Sendable`: libpq documents `PQcancel` as safe from any thread; the `PGcancel` is only read after it was made
/// and is freed when nobody holds it any more.
@safe final class RawCancel: @unchecked Sendable {
    private let handle: OpaquePointer

    init?(connection: OpaquePointer) {
        guard let handle = unsafe PQgetCancel(connection) else { return nil }
        unsafe self.handle = unsafe handle
    }

    deinit {
        unsafe PQfreeCancel(handle)
    }

    /// Dials the server and waits until it has taken note: blocks. Never on a connection's own thread.
    func send() -> Bool {
        var reason = [CChar](repeating: 0, count: 256)
        return unsafe PQcancel(handle, &reason, Int32(reason.count)) == 1
    }
}
