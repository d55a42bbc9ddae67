// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// One connection through a ``TestProxy``, on a thread of its own.
struct ProxyPassage {
    /// What is to become of the connection at present.
    enum Rule {
        /// It goes on, each piece so many milliseconds late.
        case pass(delay: Int)
        /// It stays, and nothing goes through.
        case hold
        /// It is cut.
        case end
    }

    let client: Int32
    let server: Int32
    /// What has come of a request whose head is not complete yet.
    private var head: [UInt8] = []
    /// How many bytes of the present request are still to come; `nil` between two requests.
    private var rest: Int?
    private var cut: TestProxy.Cut?
    /// After an upgrade the bytes are no requests any more.
    private var isTunnel = false
    private var buffer = [UInt8](repeating: 0, count: 65_536)

    init(client: Int32, server: Int32, _ traffic: TestProxy.Traffic) {
        self.client = client
        self.server = server
        isTunnel = traffic == .bytes
        for socket in [client, server] {
            var limit = timeval(tv_sec: 10, tv_usec: 0)
            setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
            var on: Int32 = 1
            setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        }
    }

    /// Passes bytes on until one end closes, the connection is cut, or it is to end.
    ///
    /// - Parameters:
    ///   - begun: told the first line of each request, says whether it is to be cut.
    ///   - passing: told what goes to the server where that is no request, says the same.
    mutating func run(
        rule: () -> Rule,
        begun: (String) -> TestProxy.Cut?,
        passing: ([UInt8]) -> TestProxy.Cut?
    ) {
        var isWanted = true
        carrying: while true {
            switch rule() {
            case .end:
                isWanted = false
                break carrying
            case .hold: usleep(20_000)
            case .pass(let delay):
                guard carryOnce(delay: delay, begun: begun, passing: passing) else { break carrying }
                if case .afterRequest = cut, rest == 0 { return leaveToServer() }
            }
        }
        if cut == nil, isWanted {
            Glibc.close(client)
        } else {
            Self.reset(client)
        }
        Glibc.close(server)
    }

    /// Waits a little for bytes and passes them on; whether the connection goes on.
    private mutating func carryOnce(
        delay: Int,
        begun: (String) -> TestProxy.Cut?,
        passing: ([UInt8]) -> TestProxy.Cut?
    ) -> Bool {
        var waiting = [
            pollfd(fd: client, events: Int16(POLLIN), revents: 0),
            pollfd(fd: server, events: Int16(POLLIN), revents: 0),
        ]
        guard poll(&waiting, 2, 50) >= 0 else { return false }
        if delay > 0, waiting.contains(where: { $0.revents != 0 }) { usleep(UInt32(delay) * 1_000) }
        if waiting[1].revents != 0 {
            guard let answer = Self.read(server, into: &buffer), cut == nil else { return false }
            rest = nil
            guard Self.write(answer, to: client) else { return false }
        }
        if waiting[0].revents != 0 {
            guard let bytes = Self.read(client, into: &buffer) else { return false }
            if isTunnel {
                cut = cut ?? passing(bytes)
                return Self.write(bytes, to: server)
            }
            return forward(bytes, begun: begun)
        }
        return true
    }

    /// Whether the connection goes on.
    private mutating func forward(_ bytes: [UInt8], begun: (String) -> TestProxy.Cut?) -> Bool {
        guard let missing = rest, missing > 0 else {
            // The head of a request is held back until it is whole: what is to be cut is known only then.
            head += bytes
            guard let end = head.firstRange(of: Array("\r\n\r\n".utf8)) else { return head.count < 65_536 }
            let lines = String(decoding: head[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
            cut = begun(lines.first.map(String.init) ?? "")
            let fields = lines.dropFirst().map { $0.lowercased() }
            isTunnel = fields.contains { $0.hasPrefix("upgrade:") }
            let length =
                fields.first { $0.hasPrefix("content-length:") }
                .flatMap { Int($0.dropFirst("content-length:".count).trimmingCharacters(in: .whitespaces)) }
                .map { max(0, $0) } ?? 0
            let whole = head
            head = []
            rest = max(0, end.upperBound + length - whole.count)
            if case .insideRequest(let bytes) = cut {
                _ = Self.write(Array(whole.prefix(bytes)), to: server)
                return false
            }
            return Self.write(whole, to: server)
        }
        rest = max(0, missing - bytes.count)
        return Self.write(bytes, to: server)
    }

    /// The fleet hears nothing more, and the server is listened to until it has finished, as if its client were still there.
    private mutating func leaveToServer() {
        Self.reset(client)
        var waiting = pollfd(fd: server, events: Int16(POLLIN), revents: 0)
        while poll(&waiting, 1, 20_000) > 0, Self.read(server, into: &buffer) != nil {}
        Glibc.close(server)
    }

    /// Closes a socket in such a way that the other end sees a reset.
    static func reset(_ socket: Int32) {
        var now = linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
        Glibc.close(socket)
    }

    private static func read(_ socket: Int32, into buffer: inout [UInt8]) -> [UInt8]? {
        let count = recv(socket, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer[..<count]) : nil
    }

    private static func write(_ bytes: [UInt8], to socket: Int32) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { raw in
                guard let start = raw.baseAddress else { return 0 }
                return send(socket, start + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }
}
