// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// A relay between a client and a broker that can stop relaying without closing anything: a dead network.
final class FreezingProxy: Sendable {
    let port: Int
    private let listener: Int32
    private let target: Int
    private let isFrozen = Atomic(false)
    private let isStopped = Atomic(false)
    private let accepted = Atomic(0)

    /// How many have come so far.
    var connections: Int { accepted.load(ordering: .acquiring) }

    init(target: Int) throws {
        self.target = target
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        var address = Self.loopback(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 16) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard bound else { throw POSIXError(.EADDRNOTAVAIL) }
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread { self.accept() }
    }

    /// From now on nothing gets through.
    func freeze() { isFrozen.store(true, ordering: .releasing) }

    /// From now on everything gets through again.
    func thaw() { isFrozen.store(false, ordering: .releasing) }

    /// Closes everything.
    func stop() {
        isStopped.store(true, ordering: .releasing)
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private static func loopback(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return address
    }

    private func accept() {
        defer { close(listener) }
        while !isStopped.load(ordering: .acquiring) {
            let client = Glibc.accept(listener, nil, nil)
            guard client >= 0 else { return }
            accepted.add(1, ordering: .releasing)
            let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = Self.loopback(port: target)
            let connected = withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                }
            }
            guard connected else { continue }
            Thread.detachNewThread { self.relay(client, server) }
        }
    }

    private func relay(_ client: Int32, _ server: Int32) {
        defer {
            close(client)
            close(server)
        }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while !isStopped.load(ordering: .acquiring) {
            if isFrozen.load(ordering: .acquiring) {
                usleep(20_000)
                continue
            }
            var descriptors = [
                pollfd(fd: client, events: Int16(POLLIN), revents: 0),
                pollfd(fd: server, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&descriptors, 2, 50) >= 0 else { return }
            for (from, to, ready) in [
                (client, server, descriptors[0].revents), (server, client, descriptors[1].revents),
            ]
            where ready != 0 {
                let count = read(from, &buffer, buffer.count)
                guard count > 0 else { return }
                var sent = 0
                while sent < count {
                    let written = buffer.withUnsafeBytes {
                        send(to, $0.baseAddress! + sent, count - sent, Int32(MSG_NOSIGNAL))
                    }
                    guard written > 0 else { return }
                    sent += written
                }
            }
        }
    }
}
