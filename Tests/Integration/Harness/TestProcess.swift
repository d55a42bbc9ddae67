// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Synchronization

/// A child process of a test, with its output in a file. Killed by pid, and only as long as it is ours.
final class TestProcess: Sendable {
    private let pid: pid_t
    /// As `waitpid` gives it. Until it was waited for, its pid can't be anybody else's.
    private let ending = Mutex<Int32?>(nil)
    let log: URL
    let name: String

    /// `program` is one of this build's; what the environment says of Muster is kept from it.
    init(
        _ program: String,
        arguments: [String],
        environment: [String: String] = [:],
        log: URL
    ) throws {
        self.name = log.deletingPathExtension().lastPathComponent
        self.log = log
        pid = try spawn(
            TestServers.products.appendingPathComponent(program).path,
            arguments,
            environment: ProcessInfo.processInfo.environment
                .filter { !$0.key.hasPrefix("MUSTER_") }
                .merging(environment) { _, new in new },
            log: log
        )
    }

    var isRunning: Bool {
        ending.withLock { ending in
            var status: Int32 = 0
            if ending == nil, waitpid(pid, &status, WNOHANG) != 0 { ending = status }
            return ending == nil
        }
    }

    /// Its exit status, if it has ended by itself.
    var exitStatus: Int32? {
        guard !isRunning, let ending = ending.withLock({ $0 }), ending & 0x7F == 0 else { return nil }
        return ending >> 8 & 0xFF
    }

    /// As `kill -9` does.
    func kill() { send(SIGKILL) }

    func terminate() { send(SIGTERM) }

    /// Takes the processor from it, and gives it back: to everybody else it is a machine that is overloaded.
    func freeze() { send(SIGSTOP) }

    func thaw() { send(SIGCONT) }

    private func send(_ signal: Int32) {
        ending.withLock { ending in if ending == nil { _ = Glibc.kill(pid, signal) } }
    }

    func waitUntilExit() async throws {
        try await eventually("\(name) to exit") { !self.isRunning }
    }

    var output: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

    /// Peak memory so far, in bytes (`VmHWM`).
    var peakMemory: Int {
        let status = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return (line?.split(whereSeparator: { !$0.isNumber }).first).flatMap { Int($0) }.map { $0 * 1024 } ?? 0
    }
}
