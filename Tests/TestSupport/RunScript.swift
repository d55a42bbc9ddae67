// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Runs one of the checkout's scripts to its end.
///
/// - Returns: its exit status, and all that it has printed.
package func runScript(
    _ script: String,
    _ arguments: [String],
    environment: [String: String] = [:]
) async throws -> (status: Int32, output: String) {
    let log = FileManager.default.temporaryDirectory.appending(path: "script-\(UUID().uuidString).log")
    defer { try? FileManager.default.removeItem(at: log) }
    try Data().write(to: log)
    let process = Process()
    process.executableURL = checkout(with: script).appending(path: script)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    let output = try FileHandle(forWritingTo: log)
    process.standardOutput = output
    process.standardError = output
    try process.run()
    while process.isRunning { try await Task.sleep(for: .milliseconds(100)) }
    return (process.terminationStatus, try String(contentsOf: log, encoding: .utf8))
}

private func checkout(with script: String) -> URL {
    var folder = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
    while !FileManager.default.fileExists(atPath: folder.appending(path: script).path), folder.path.count > 1 {
        folder.deleteLastPathComponent()
    }
    return folder
}
