// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Synchronization

/// Stands between a fleet and a server, passes every byte on, and cuts, delays and holds connections on order.
///
/// Before a lab it knows the heads of requests, writes them down and can cut inside of one; the event stream goes through
/// it as well. Before a broker or a database it knows bytes alone.
final class TestProxy: Sendable {
    /// What goes through.
    enum Traffic: Sendable {
        /// HTTP/1.1, until an upgrade.
        case http
        /// Anything.
        case bytes
    }

    /// Where in a request the connection is cut.
    enum Cut: Sendable {
        /// Both ends are cut once this many bytes of the request have reached the server.
        case insideRequest(bytes: Int)
        /// The fleet's end is cut once all of the request has reached the server, which goes on with it.
        case afterRequest
        /// Both ends are cut when the server's answer comes, of which no byte is passed on.
        case beforeAnswer
    }

    private struct State {
        var orders: [(prefix: String, cut: Cut)] = []
        var requests: [String] = []
        var cuts = 0
        var refuses = false
        var isHeld = false
        var delay = 0
        var isClosed = false
        /// Counted up to have all connections of before dropped.
        var generation = 0

        /// The next order, if it is about this.
        mutating func order(_ isMeant: (String) -> Bool) -> Cut? {
            guard let order = orders.first, isMeant(order.prefix) else { return nil }
            orders.removeFirst()
            cuts += 1
            return order.cut
        }
    }

    private let state = Mutex(State())
    private let traffic: Traffic
    private let server: sockaddr_in
    private let listener: Int32
    private let port: UInt16

    /// - Parameter address: A URL of the server; its host has to be an IPv4 address.
    init(to address: String, _ traffic: Traffic = .http) throws {
        let parts = try URLComponents.required(address)
        var server = Self.loopback(UInt16(parts.port ?? 80))
        guard inet_pton(AF_INET, parts.host ?? "", &server.sin_addr) == 1 else { throw ProxyFailure() }
        self.server = server
        self.traffic = traffic
        let listener = inheritance.withLock { _ in keep(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)) }
        var own = Self.loopback(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &own) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                bind(listener, raw, length) == 0 && listen(listener, 128) == 0
                    && getsockname(listener, raw, &length) == 0
            }
        }
        guard isListening else { throw ProxyFailure() }
        self.listener = listener
        port = UInt16(bigEndian: own.sin_port)
        Thread.detachNewThread { self.accept() }
    }

    /// `address` with this proxy in the place of the server.
    func instead(of address: String) throws -> String {
        var parts = try URLComponents.required(address)
        parts.host = "127.0.0.1"
        parts.port = Int(port)
        return try parts.required().absoluteString
    }

    /// Has the next `times` requests whose first line begins with `prefix` cut; of plain bytes, the next that have it in
    /// them. Orders are carried out one by one.
    func cut(_ cut: Cut, requests prefix: String, times: Int = 1) {
        state.withLock { $0.orders += Array(repeating: (prefix, cut), count: times) }
    }

    /// How many requests were cut.
    var cuts: Int { state.withLock { $0.cuts } }
    /// The first lines of all requests so far.
    var requests: [String] { state.withLock { $0.requests } }

    /// Cuts every connection there is, and for as long as `refuses` is true each new one, too.
    func cutAll(andRefuse refuses: Bool = false) {
        state.withLock {
            $0.generation += 1
            $0.refuses = refuses
        }
    }

    /// Holds every byte back for as long as it is true, with all connections open.
    func hold(_ isHeld: Bool) { state.withLock { $0.isHeld = isHeld } }

    /// From now on every piece of what goes through is so many milliseconds late.
    func delay(milliseconds: Int) { state.withLock { $0.delay = milliseconds } }

    /// Lets everything through again, at once.
    func letThrough() {
        state.withLock {
            $0.refuses = false
            $0.isHeld = false
            $0.delay = 0
            $0.orders = []
        }
    }

    /// Ends the proxy and all connections through it.
    func close() { state.withLock { $0.isClosed = true } }

    private func accept() {
        while !state.withLock({ $0.isClosed }) {
            var waiting = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, 50) > 0 else { continue }
            let client = inheritance.withLock { _ in keep(Glibc.accept(listener, nil, nil)) }
            guard client >= 0 else { continue }
            let (refuses, generation) = state.withLock { ($0.refuses, $0.generation) }
            if refuses {
                ProxyPassage.reset(client)
            } else {
                Thread.detachNewThread { self.carry(client, generation) }
            }
        }
        Glibc.close(listener)
    }

    private func carry(_ client: Int32, _ generation: Int) {
        let socket = inheritance.withLock { _ in keep(Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)) }
        var server = server
        let isConnected = withUnsafePointer(to: &server) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else {
            ProxyPassage.reset(client)
            Glibc.close(socket)
            return
        }
        var passage = ProxyPassage(client: client, server: socket, traffic)
        passage.run(
            rule: {
                self.state.withLock { state in
                    if state.isClosed || state.generation != generation { return .end }
                    return state.isHeld ? .hold : .pass(delay: state.delay)
                }
            },
            begun: { line in
                self.state.withLock { state in
                    state.requests.append(line)
                    return state.order { line.hasPrefix($0) }
                }
            },
            passing: { bytes in
                self.state.withLock { state in
                    state.order { bytes.firstRange(of: Array($0.utf8)) != nil }
                }
            }
        )
    }

    private static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}

/// There is no listener, or an address is of no use. It is not quoted: it may hold a password.
struct ProxyFailure: Error {}

extension URLComponents {
    fileprivate static func required(_ text: String) throws -> URLComponents {
        guard let parts = URLComponents(string: text) else { throw ProxyFailure() }
        return parts
    }

    fileprivate func required() throws -> URL {
        guard let url else { throw ProxyFailure() }
        return url
    }
}
