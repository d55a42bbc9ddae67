// SPDX-License-Identifier: Apache-2.0

package import Foundation
import Glibc
import Synchronization

/// A child process of a test, with its output in a file. Killed by pid, and only as long as it is ours.
package final class TestProcess: Sendable {
    private let pid: pid_t
    /// As `waitpid` gives it. Until it was waited for, its pid can't be anybody else's.
    private let ending = Mutex<Int32?>(nil)
    /// Its output.
    package let log: URL
    /// That of its log.
    package let name: String

    /// `program` is one of this build's; what the environment says of Muster is kept from it.
    package init(
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

    /// Whether it has not ended.
    package var isRunning: Bool {
        ending.withLock { ending in
            var status: Int32 = 0
            if ending == nil, waitpid(pid, &status, WNOHANG) != 0 { ending = status }
            return ending == nil
        }
    }

    /// Its exit status, if it has ended by itself.
    package var exitStatus: Int32? {
        guard !isRunning, let ending = ending.withLock({ $0 }), ending & 0x7F == 0 else { return nil }
        return ending >> 8 & 0xFF
    }

    /// As `kill -9` does.
    package func kill() { send(SIGKILL) }

    /// Asks it to end, as a supervisor does.
    package func terminate() { send(SIGTERM) }

    /// Asks it to read its configuration again.
    package func hangUp() { send(SIGHUP) }

    /// Takes the processor from it: to everybody else it is a machine that is overloaded.
    package func freeze() { send(SIGSTOP) }

    /// Gives it back.
    package func thaw() { send(SIGCONT) }

    private func send(_ signal: Int32) {
        ending.withLock { ending in if ending == nil { _ = Glibc.kill(pid, signal) } }
    }

    /// Returns when it has ended.
    package func waitUntilExit() async throws {
        try await eventually("\(name) to exit") { !self.isRunning }
    }

    /// All that it has said.
    package var output: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

    /// Peak memory so far, in bytes (`VmHWM`).
    package var peakMemory: Int {
        let status = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return (line?.split(whereSeparator: { !$0.isNumber }).first).flatMap { Int($0) }.map { $0 * 1024 } ?? 0
    }
}
