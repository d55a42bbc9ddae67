// SPDX-License-Identifier: Apache-2.0

import Foundation
import Mail
import Testing

/// What Python's email package, another's reading of the same standards, finds in a message.
struct ReadMail: Decodable {
    struct Part: Decodable {
        var type: String
        var name: String
        var text: String
    }

    var headers: [[String]]
    var from: [[String]]
    var to: [String]
    var date: Double
    var parts: [Part]
    var defects: [String]

    init(_ message: MailMessage) throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        let file = FileManager.default.temporaryDirectory.appending(path: "mail-\(UUID()).eml")
        try Data(message.rendered().utf8).write(to: file)
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

    func values(_ name: String) -> [String] { headers.filter { $0[0] == name }.map { $0[1] } }
}
