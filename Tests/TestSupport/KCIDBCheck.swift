// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What KernelCI's own library says of a submission to its database. `deploy/stack up` installs it.
package enum KCIDBCheck {
    /// What is wrong with a submission, by lines; none if nothing is.
    package static func problems(_ submission: String) throws -> [String] {
        guard let python = ProcessInfo.processInfo.environment["MUSTER_TEST_PYTHON"] else {
            throw NeverHappened(what: "MUSTER_TEST_PYTHON names the Python that deploy/stack up makes")
        }
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "check-kcidb.py")
        let file = FileManager.default.temporaryDirectory.appending(path: "kcidb-\(UUID()).json")
        try Data(submission.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        process.executableURL = URL(filePath: python)
        process.arguments = [script.path]
        process.standardInput = try FileHandle(forReadingFrom: file)
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let said = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { return ["the check ended with \(process.terminationStatus)"] }
        return String(decoding: said, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
