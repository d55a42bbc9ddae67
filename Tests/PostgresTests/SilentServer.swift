// SPDX-License-Identifier: Apache-2.0

import Glibc
import Postgres

/// A server that takes connections and never says anything, as one whose machine hangs.
final class SilentServer: Sendable {
    let server: PostgresConfiguration.Server
    private let socket: Int32

    init() throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { [socket] pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(socket, generic, size) == 0 && listen(socket, 8) == 0 && getsockname(socket, generic, &size) == 0
            }
        }
        guard isListening else { throw NotListening() }
        server = .init(host: "127.0.0.1", port: Int(in_port_t(bigEndian: address.sin_port)))
    }

    deinit { close(socket) }

    private struct NotListening: Error {}
}
