// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A mail server on loopback that remembers what it takes: aiosmtpd, which is somebody else's.
package struct TestMailServer: Sendable {
    /// A message that was taken.
    package struct Taken: Decodable, Sendable {
        /// The envelope's sender.
        package var from: String
        /// The envelope's receivers.
        package var to: [String]
        /// The message.
        package var content: String
        /// Whether it came over TLS.
        package var encrypted: Bool
        /// Who had logged in.
        package var user: String?
    }

    /// Where it listens.
    package let port: Int
    private let output: URL

    /// `smtp://` and where it is.
    package var url: String { "smtp://127.0.0.1:\(port)" }

    /// Runs a server around `body`.
    ///
    /// - Parameter behaviour: As `mail-server.py` describes it.
    package static func with<Outcome>(
        _ behaviour: [String] = [],
        _ body: (TestMailServer) async throws -> Outcome
    ) async throws -> Outcome {
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "mail-server.py")
        let output = FileManager.default.temporaryDirectory.appending(path: "smtp-\(UUID())")
        try Data().write(to: output)
        defer { try? FileManager.default.removeItem(at: output) }
        let (process, input) = (Process(), Pipe())
        // Debian's own, which has the package.
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = [script.path] + behaviour
        process.standardInput = input
        process.standardOutput = try FileHandle(forWritingTo: output)
        try process.run()
        // SIGTERM it would not hear: what Swift's threads block, a program that they start has blocked as well.
        defer { kill(process.processIdentifier, SIGKILL) }
        let port = try await eventually("the mail server's port") { try lines(of: output).first.flatMap { Int($0) } }
        return try await body(TestMailServer(port: port, output: output))
    }

    /// What it has taken so far, in order.
    package func taken() throws -> [Taken] {
        try Self.lines(of: output).dropFirst().map { try JSONDecoder().decode(Taken.self, from: Data($0.utf8)) }
    }

    /// Whole lines alone: the last may be half written.
    private static func lines(of file: URL) throws -> [Substring] {
        let text = try String(contentsOf: file, encoding: .utf8)
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    }
}
