// SPDX-License-Identifier: Apache-2.0

import CDispatch
import Foundation
import Glibc
import Logging
import ServiceLifecycle

/// Who started this process and wants to know how it is: systemd, or whatever else speaks the protocol of `sd_notify(3)`.
///
/// Each message is one datagram to the socket in `NOTIFY_SOCKET`. Without that variable nothing is sent.
package struct ServiceManager: Sendable {
    /// What the manager can be told.
    package enum Message: Equatable, Sendable {
        /// The process has started up.
        case ready
        /// It reads its configuration again, until it says ``ready``.
        case reloading
        /// It is stopping.
        case stopping
        /// It is alive.
        case watchdog
        /// What it is doing, for people.
        case status(String)
        /// Its start takes this much longer, from now.
        case extendTimeout(Duration)

        /// The message as the protocol has it.
        var line: String {
            switch self {
            case .ready: "READY=1"
            case .reloading: "RELOADING=1\nMONOTONIC_USEC=\(Self.monotonicMicroseconds)"
            case .stopping: "STOPPING=1"
            case .watchdog: "WATCHDOG=1"
            case .status(let text): "STATUS=\(text.replacing("\n", with: " "))"
            case .extendTimeout(let duration): "EXTEND_TIMEOUT_USEC=\(Int64(duration.timeInterval * 1_000_000))"
            }
        }

        /// By the clock that the protocol names. `timespec` belongs to whichever of the two C modules is loaded first.
        private static var monotonicMicroseconds: Int64 {
            var time = timespec()
            clock_gettime(CLOCK_MONOTONIC, &time)
            return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
        }
    }

    /// The one that the environment of this process names.
    package static let ofProcess = ServiceManager(environment: ProcessInfo.processInfo.environment)

    /// Within what time the manager wants to be told again that the process is alive; nil if it does not.
    let watchdogTimeout: Duration?
    private let address: sockaddr_un?

    /// The manager that `environment` names, for the process with this id.
    init(environment: [String: String], process: pid_t = getpid()) {
        address = environment["NOTIFY_SOCKET"].flatMap(sockaddr_un.init(socket:))
        let isMeant = environment["WATCHDOG_PID"].map { $0 == "\(process)" } ?? true
        let microseconds = environment["WATCHDOG_USEC"].flatMap(Int64.init).flatMap { $0 > 0 ? $0 : nil }
        watchdogTimeout = isMeant && address != nil ? microseconds.map { .microseconds($0) } : nil
    }

    /// Whether somebody listens.
    package var isListening: Bool { address != nil }

    /// Sends messages in one datagram. It never waits; what can't be sent is lost.
    package func tell(_ messages: Message...) {
        guard var address else { return }
        let text = messages.map(\.line).joined(separator: "\n")
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
        let size = socklen_t(address.size)
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                _ = sendto(descriptor, text, text.utf8.count, flags, pointer, size)
            }
        }
    }
}

extension sockaddr_un {
    /// The address of a socket in the file system, or, with an `@` in front, of an abstract one; nil if it is neither, or
    /// too long.
    fileprivate init?(socket: String) {
        var bytes = Array(socket.utf8)
        guard let first = bytes.first, first == UInt8(ascii: "/") || first == UInt8(ascii: "@") else { return nil }
        if first == UInt8(ascii: "@") { bytes[0] = 0 }
        self.init()
        sun_family = sa_family_t(AF_UNIX)
        guard bytes.count < MemoryLayout.size(ofValue: sun_path) else { return nil }
        withUnsafeMutableBytes(of: &sun_path) { $0.copyBytes(from: bytes) }
    }

    /// The size of an address in use: an abstract one ends with its name, one in the file system with a zero byte.
    fileprivate var size: Int {
        let prefix = MemoryLayout.offset(of: \sockaddr_un.sun_path) ?? 2
        return withUnsafeBytes(of: sun_path) { path in
            let isAbstract = path.first == 0
            let name = isAbstract ? path.dropFirst() : path[...]
            let length = name.firstIndex(of: 0).map { $0 - name.startIndex } ?? name.count
            return prefix + length + 1
        }
    }
}

/// Tells the service manager that the worker has started, and that it is alive for as long as its loops turn.
///
/// It is the first of a worker's services and so the last that stops: a worker that takes long to stop is not taken for a
/// dead one.
struct Watchdog: Service {
    let manager: ServiceManager
    let liveness: Liveness
    let logger: Logger

    /// How often the loops are looked at when the manager has no watchdog.
    private static let usualPause: Duration = .seconds(30)

    func run() async throws {
        manager.tell(.ready, .status("running"))
        // Four times within the limit, so that one late turn is not taken for the end.
        let pause = manager.watchdogTimeout.map { min($0 / 4, Self.usualPause) } ?? Self.usualPause
        var stuck: [String] = []
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            stuck = look(known: stuck)
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: pause) }
        }
    }

    /// Says that the worker is alive, unless loops are stuck, and what has changed since the last look.
    ///
    /// - Returns: the loops that are stuck.
    func look(known: [String]) -> [String] {
        let stuck = liveness.stuck
        if stuck.isEmpty { manager.tell(.watchdog) }
        guard stuck != known else { return stuck }
        let names = stuck.joined(separator: ", ")
        if stuck.isEmpty {
            manager.tell(.status("running"))
            logger.notice("all loops turn again")
        } else {
            manager.tell(.status("stuck: \(names)"))
            logger.error("loops are stuck", [.what: "\(names)"])
        }
        return stuck
    }
}
