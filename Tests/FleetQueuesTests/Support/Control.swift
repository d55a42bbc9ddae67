// SPDX-License-Identifier: Apache-2.0

import Foundation

/// `rabbitmqctl` against the private broker.
enum Control {
    struct Failed: Error, CustomStringConvertible {
        let output: String
        var description: String { "rabbitmqctl failed: \(output)" }
    }

    /// Closes the connections that go under `name`, and returns when the broker has.
    static func closeConnection(named name: String) async throws {
        // The broker lists a connection a little after it has begun.
        try await eventually("a connection named \(name)") {
            let table = try await run("list_connections", "pid", "client_properties")
            let pids = table.split(separator: "\n").filter { $0.contains(name) }
                .compactMap { $0.split(separator: "\t").first.map(String.init) }
            for pid in pids { _ = try await run("close_connection", pid, "a test") }
            return !pids.isEmpty
        }
    }

    private static func run(_ arguments: String...) async throws -> String {
        let command = try TestQueues.variable("MUSTER_TEST_RABBITMQCTL")
        return try await withCheckedThrowingContinuation { continuation in
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments = ["-c", "\(command) \"$@\"", "rabbitmqctl", "-q"] + arguments
            let output = Pipe()
            process.standardOutput = output
            process.standardError = output
            Thread.detachNewThread {
                do {
                    try process.run()
                    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
                    process.waitUntilExit()
                    guard process.terminationStatus == 0 else { throw Failed(output: text) }
                    continuation.resume(returning: text)
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
    }
}
