// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Synchronization

/// Stands between a fleet and a lab, passes every byte on, writes down each request, and cuts connections on order.
///
/// It knows TCP and the head of a request and nothing more, so the event stream goes through one as well.
final class LabProxy: Sendable {
    /// Where in a request the connection is cut.
    enum Cut: Sendable {
        /// Both ends are cut once this many bytes of the request have reached the lab.
        case insideRequest(bytes: Int)
        /// The fleet's end is cut once all of the request has reached the lab, which goes on with it.
        case afterRequest
        /// Both ends are cut when the lab's answer comes, of which no byte is passed on.
        case beforeAnswer
    }

    private struct State {
        var orders: [(prefix: String, cut: Cut)] = []
        var requests: [String] = []
        var cuts = 0
        var refuses = false
        var isClosed = false
        /// Counted up to have all connections of before dropped.
        var generation = 0
    }

    private let state = Mutex(State())
    private let lab: sockaddr_in
    private let listener: Int32
    private let port: UInt16

    /// - Parameter address: A URL of the lab; its host has to be an IPv4 address.
    init(to address: String) throws {
        let parts = try URLComponents.required(address)
        var lab = Self.loopback(UInt16(parts.port ?? 80))
        guard inet_pton(AF_INET, parts.host ?? "", &lab.sin_addr) == 1 else { throw ProxyFailure(what: address) }
        self.lab = lab
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var own = Self.loopback(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &own) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                bind(listener, raw, length) == 0 && listen(listener, 128) == 0
                    && getsockname(listener, raw, &length) == 0
            }
        }
        guard isListening else { throw ProxyFailure(what: "a listener") }
        self.listener = listener
        port = UInt16(bigEndian: own.sin_port)
        Thread.detachNewThread { self.accept() }
    }

    /// `address` with this proxy in the place of the lab.
    func instead(of address: String) throws -> String {
        var parts = try URLComponents.required(address)
        parts.host = "127.0.0.1"
        parts.port = Int(port)
        return try parts.required().absoluteString
    }

    /// Has the next `times` requests whose first line begins with `prefix` cut. Orders are carried out one by one.
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

    /// Lets connections through again.
    func letThrough() { state.withLock { $0.refuses = false } }

    /// Ends the proxy and all connections through it.
    func close() { state.withLock { $0.isClosed = true } }

    private func accept() {
        while !state.withLock({ $0.isClosed }) {
            var waiting = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, 50) > 0 else { continue }
            let client = Glibc.accept(listener, nil, nil)
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
        let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var lab = lab
        let isConnected = withUnsafePointer(to: &lab) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else {
            ProxyPassage.reset(client)
            Glibc.close(server)
            return
        }
        var passage = ProxyPassage(client: client, server: server)
        passage.run(
            isWanted: { self.state.withLock { !$0.isClosed && $0.generation == generation } },
            begun: { line in
                self.state.withLock { state in
                    state.requests.append(line)
                    guard let order = state.orders.first, line.hasPrefix(order.prefix) else { return nil }
                    state.orders.removeFirst()
                    state.cuts += 1
                    return order.cut
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

struct ProxyFailure: Error {
    let what: String
}

extension URLComponents {
    fileprivate static func required(_ text: String) throws -> URLComponents {
        guard let parts = URLComponents(string: text) else { throw ProxyFailure(what: text) }
        return parts
    }

    fileprivate func required() throws -> URL {
        guard let url else { throw ProxyFailure(what: "\(self)") }
        return url
    }
}
