// SPDX-License-Identifier: Apache-2.0

import Foundation

extension TestServers {
    /// Runs `rabbitmqctl` against the private broker.
    ///
    /// - Returns: what it printed.
    @discardableResult
    package static func rabbitmqctl(_ arguments: String...) async throws -> String {
        let command = try required("MUSTER_TEST_RABBITMQCTL")
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
                    guard process.terminationStatus == 0 else { throw ControlFailed(output: text) }
                    continuation.resume(returning: text)
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
    }

    private struct ControlFailed: Error, CustomStringConvertible {
        let output: String
        var description: String { "rabbitmqctl failed: \(output)" }
    }
}
