// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Synchronization

/// A receiver of callbacks without manners: it reads each request and then does what it is told, by bytes.
final class RawReceiver: @unchecked Sendable {
    /// A request as it came.
    struct Request: Sendable {
        let path: String
        let id: String
        let body: [UInt8]
    }

    /// What it does when it has read a request.
    enum Deed: Sendable {
        /// These bytes, and the end.
        case answer(String)
        /// These bytes, one at a time with a pause after each, and no end.
        case drip(String, pause: Duration)
        /// Nothing, ever.
        case hang
        /// The end, without an answer.
        case drop
    }

    static let ok = Deed.answer("HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok")
    static let broken = Deed.answer("HTTP/1.1 500 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
    static let garbage = Deed.answer("\u{1}\u{2}SSH-2.0-not-http\r\n\r\n\r\n")

    let port: Int
    private let listener: Int32
    // Touched under its own lock.
    private let requests = Mutex<[Request]>([])
    private let isOver = Mutex(false)

    var received: [Request] { requests.withLock { $0 } }
    var url: String { "http://127.0.0.1:\(port)" }

    /// Listens on `port`, or any; `deed` is given each request and how many of the same id came before.
    init(port: Int = 0, _ deed: @escaping @Sendable (Request, Int) -> Deed) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var yes: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(listener, generic, size) == 0 && listen(listener, 128) == 0
                    && getsockname(listener, generic, &size) == 0
            }
        }
        guard listener >= 0, isListening else { throw NeverHappened(what: "a port", detail: "\(errno)") }
        self.listener = listener
        self.port = Int(in_port_t(bigEndian: address.sin_port))
        Thread.detachNewThread { [self] in
            while true {
                let connection = accept(self.listener, nil, nil)
                guard connection >= 0 else { return }
                Thread.detachNewThread { self.serve(connection, deed) }
            }
        }
    }

    /// Takes no further connection.
    func stop() {
        isOver.withLock { $0 = true }
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    private func serve(_ connection: Int32, _ deed: @Sendable (Request, Int) -> Deed) {
        defer { close(connection) }
        guard let request = read(connection) else { return }
        let before = requests.withLock { requests in
            let before = requests.count { $0.id == request.id }
            requests.append(request)
            return before
        }
        switch deed(request, before) {
        case .answer(let text): _ = write(Array(text.utf8), to: connection)
        case .drip(let text, let pause):
            for byte in text.utf8 {
                guard !isOver.withLock({ $0 }), write([byte], to: connection) else { return }
                usleep(UInt32(pause / .microseconds(1)))
            }
            waitForEnd(connection)
        case .hang: waitForEnd(connection)
        case .drop: break
        }
    }

    private func waitForEnd(_ connection: Int32) {
        var byte: UInt8 = 0
        while recv(connection, &byte, 1, 0) > 0 {}
    }

    private func write(_ bytes: [UInt8], to connection: Int32) -> Bool {
        send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
    }

    private func read(_ connection: Int32) -> Request? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            bytes += buffer.prefix(count)
            guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { continue }
            let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
            var headers: [String: String] = [:]
            for line in head.dropFirst() {
                let parts = line.split(separator: ":", maxSplits: 1)
                headers[parts[0].lowercased()] = parts.last?.trimmingCharacters(in: .whitespaces)
            }
            let length = headers["content-length"].flatMap { Int($0) } ?? 0
            guard bytes.count - end.upperBound >= length else { continue }
            return Request(
                path: head.first.map { String($0.split(separator: " ")[1]) } ?? "",
                id: headers["webhook-id"] ?? "",
                body: Array(bytes[end.upperBound...])
            )
        }
    }
}
