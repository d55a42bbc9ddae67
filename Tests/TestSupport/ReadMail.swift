// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What Python's email package, another's reading of the same standards, finds in a message.
public struct ReadMail: Decodable, Sendable {
    /// A part of it, or a multipart around parts.
    public struct Part: Decodable, Sendable {
        public var type: String
        public var name: String
        public var text: String
    }

    public var headers: [[String]]
    public var from: [[String]]
    public var to: [String]
    public var date: Double
    public var parts: [Part]
    public var defects: [String]

    /// Reads a message as it came over the wire.
    public init(_ message: String) throws {
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
    public func values(_ name: String) -> [String] { headers.filter { $0[0] == name }.map { $0[1] } }
}
