// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// The built `muster`, run as a person or a script would run it.
struct Program {
    /// Which of them.
    enum Build: String {
        case full = "muster"
        /// The one that works over a gateway only.
        case remote = "muster-remote"

        /// Where it is.
        var url: URL { TestServers.products.appending(path: rawValue) }
    }

    /// How it ended and what it said.
    struct Ending: Sendable {
        let status: Int32
        let output: String
        let errors: String
    }

    /// It did not end.
    struct Stuck: Error, CustomStringConvertible {
        let arguments: [String]
        let errors: String

        var description: String { "muster \(arguments.joined(separator: " ")) did not end in time: \(errors)" }
    }

    let arguments: [String]
    var environment: [String: String] = [:]
    var input = ""
    var build = Build.full

    /// Runs it in a folder of its own, for as long as a test has patience; `whileRunning` gets the process.
    func run(whileRunning: (@Sendable (Process, URL) async throws -> Void)? = nil) async throws -> Ending {
        let folder = FileManager.default.temporaryDirectory.appending(path: "muster-cli-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func file(_ name: String, _ content: String = "") throws -> (URL, FileHandle) {
            let url = folder.appending(path: name)
            try Data(content.utf8).write(to: url)
            return (url, try FileHandle(forUpdating: url))
        }
        let (output, outputHandle) = try file("out")
        let (errors, errorHandle) = try file("err")
        let (_, inputHandle) = try file("in", input)
        let process = Process()
        process.executableURL = build.url
        process.arguments = arguments
        process.environment = ["PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"].merging(environment) { _, new in new }
        process.standardOutput = outputHandle
        process.standardError = errorHandle
        process.standardInput = inputHandle
        process.currentDirectoryURL = folder
        let (endings, continuation) = AsyncStream.makeStream(of: Bool.self)
        process.terminationHandler = { _ in continuation.yield(true) }
        try process.run()
        let limit = Task {
            try await Task.sleep(for: patience)
            continuation.yield(false)
        }
        defer { limit.cancel() }
        try await whileRunning?(process, errors)
        let hasEnded = await endings.first { _ in true } ?? false
        let said = String(decoding: try Data(contentsOf: errors), as: UTF8.self)
        guard hasEnded else {
            kill(process.processIdentifier, SIGKILL)
            throw Stuck(arguments: arguments, errors: said)
        }
        return Ending(
            status: process.terminationStatus,
            output: String(decoding: try Data(contentsOf: output), as: UTF8.self),
            errors: said
        )
    }
}
