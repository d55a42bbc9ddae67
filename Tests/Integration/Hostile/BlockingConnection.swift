// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Synchronization

/// A connection of a client that does one thing after the other, on a thread of its own.
final class BlockingConnection {
    /// What was answered to a request.
    struct Answer {
        let status: Int
        let text: String
        /// Whether the connection is closed after it.
        let isLast: Bool
    }

    /// The other side has said nothing for too long, or something that is no answer.
    struct Broken: Error, CustomStringConvertible {
        let description: String
    }

    private let socket: Int32
    private var heard: [UInt8] = []
    /// Whether nothing has been answered on it.
    private(set) var isFresh = true

    /// The longest silence, in seconds.
    private static let patience = 120

    init(port: Int) throws {
        socket = inheritance.withLock { _ in keep(Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)) }
        var patience = timeval(tv_sec: Self.patience, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(socket, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(clamping: port)).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        // All is initialized by now, so `deinit` closes the socket; to close it here as well would close somebody else's.
        guard result == 0 else {
            throw Broken(description: "no connection: \(String(cString: strerror(errno)))")
        }
    }

    deinit { Glibc.close(socket) }

    /// Says something; what the other side does not take, because it has closed, is dropped.
    func say(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Whether something was said that nobody asked for.
    var hasMore: Bool { !heard.isEmpty }

    /// The next answer; `nil` when the connection is closed instead.
    func answer(isHead: Bool) throws -> Answer? {
        guard let end = try hear(upTo: Array("\r\n\r\n".utf8)) else { return nil }
        let head = String(decoding: heard[..<end], as: UTF8.self)
        heard.removeFirst(end)
        guard head.hasPrefix("HTTP/1.1 "), let status = Int(head.dropFirst(9).prefix(3)) else {
            throw Broken(description: "no answer: \(head.prefix(200))")
        }
        if status == 100 { return try answer(isHead: isHead) }
        let fields = head.lowercased()
        var body: [UInt8] = []
        if !isHead, status != 204, status != 304 {
            if fields.contains("transfer-encoding: chunked") {
                body = try chunks()
            } else if let length = Self.length(in: fields) {
                guard try hear(length) else { return nil }
                body = Array(heard[..<length])
                heard.removeFirst(length)
            }
        }
        isFresh = false
        let text = head + String(decoding: body, as: UTF8.self)
        return Answer(status: status, text: text, isLast: fields.contains("connection: close"))
    }

    private static func length(in fields: String) -> Int? {
        guard let place = fields.range(of: "content-length: ") else { return nil }
        return Int(fields[place.upperBound...].prefix { $0.isNumber })
    }

    private func chunks() throws -> [UInt8] {
        var body: [UInt8] = []
        while let end = try hear(upTo: Array("\r\n".utf8)) {
            let length = Int(String(decoding: heard[..<(end - 2)], as: UTF8.self), radix: 16) ?? 0
            heard.removeFirst(end)
            guard try hear(length + 2) else { return body }
            body += heard[..<length]
            heard.removeFirst(length + 2)
            if length == 0 { return body }
        }
        return body
    }

    /// Where the first `mark` ends.
    private func hear(upTo mark: [UInt8]) throws -> Int? {
        var place = 0
        while true {
            while place + mark.count <= heard.count {
                if heard[place] == mark[0], heard[place..<(place + mark.count)].elementsEqual(mark) {
                    return place + mark.count
                }
                place += 1
            }
            guard try hearMore() else { return nil }
        }
    }

    private func hear(_ count: Int) throws -> Bool {
        while heard.count < count { guard try hearMore() else { return false } }
        return true
    }

    private func hearMore() throws -> Bool {
        var block = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(socket, &block, block.count, 0)
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN { throw Broken(description: "silence for \(Self.patience) s") }
            guard count > 0 else { return false }
            heard += block[..<count]
            return true
        }
    }
}
