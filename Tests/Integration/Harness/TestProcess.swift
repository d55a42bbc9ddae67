// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Synchronization

/// A child process of a test, with its output in a file. Killed by pid, and only as long as it is ours.
final class TestProcess: @unchecked Sendable {
    // `Process` is not Sendable; it is only touched under the lock.
    private let process = Process()
    private let lock = Mutex(())
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
        _ = FileManager.default.createFile(atPath: log.path, contents: nil)
        let output = try FileHandle(forWritingTo: log)
        try output.seekToEnd()
        process.executableURL = TestServers.products.appendingPathComponent(program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment
            .filter { !$0.key.hasPrefix("MUSTER_") }
            .merging(environment) { _, new in new }
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
    }

    var isRunning: Bool { lock.withLock { _ in process.isRunning } }

    /// As `kill -9` does.
    func kill() { lock.withLock { _ in if process.isRunning { Glibc.kill(process.processIdentifier, SIGKILL) } } }

    func terminate() { lock.withLock { _ in if process.isRunning { Glibc.kill(process.processIdentifier, SIGTERM) } } }

    func waitUntilExit(within limit: Duration = .seconds(40)) async throws {
        try await eventually(within: limit, "\(name) to exit") { !self.isRunning }
    }

    var output: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

    /// Peak memory so far, in bytes (`VmHWM`).
    var peakMemory: Int {
        let pid = lock.withLock { _ in process.processIdentifier }
        let status = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return (line?.split(whereSeparator: { !$0.isNumber }).first).flatMap { Int($0) }.map { $0 * 1024 } ?? 0
    }
}
