// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What Python's email package, another's reading of the same standards, finds in a message.
package struct ReadMail: Decodable, Sendable {
    /// A part of it, or a multipart around parts.
    package struct Part: Decodable, Sendable {
        /// Its media type.
        package var type: String
        /// The file name, empty without one.
        package var name: String
        /// What is in it, decoded; empty of a multipart.
        package var text: String
    }

    /// Names and values, unfolded and decoded, in order.
    package var headers: [[String]]
    /// Name and address of each sender.
    package var from: [[String]]
    /// The receivers.
    package var to: [String]
    /// Seconds since 1970.
    package var date: Double
    /// All parts, each before those inside it.
    package var parts: [Part]
    /// What it does not take for good mail.
    package var defects: [String]

    /// Reads a message as it came over the wire.
    package init(_ message: String) throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        let file = FileManager.default.temporaryDirectory.appending(path: "mail-\(UUID()).eml")
        try Data(message.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", folder.appending(path: "read-mail.py").path]
        process.standardInput = try FileHandle(forReadingFrom: file)
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let found = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        self = try JSONDecoder().decode(Self.self, from: found)
    }

    /// The values of a header.
    package func values(_ name: String) -> [String] { headers.filter { $0[0] == name }.map { $0[1] } }
}
