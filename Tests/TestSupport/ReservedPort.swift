// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// A port on loopback that nobody gets by chance as long as this lives: for servers that go down and come back at the
/// same place. It is bound but not listened on, so a connection to it is refused until a server binds it as well.
package final class ReservedPort: Sendable {
    /// Its number.
    package let number: Int
    private let holder: Int32

    /// Takes one that is free.
    package init() throws {
        holder = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        // With this, Linux lets others bind the port that set it too, as servers do.
        var yes: Int32 = 1
        setsockopt(holder, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { [holder] pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(holder, generic, size) == 0 && getsockname(holder, generic, &size) == 0
            }
        }
        number = Int(in_port_t(bigEndian: address.sin_port))
        // All is initialized by now, so `deinit` closes it.
        guard isBound else { throw NeverHappened(what: "a free port", detail: "\(errno)") }
    }

    deinit { close(holder) }
}
