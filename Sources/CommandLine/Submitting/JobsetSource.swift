// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Where a jobset document comes from. It is not looked into here: ingest is the judge.
struct JobsetSource: Sendable {
    /// A path, or `-` for standard input.
    let path: String

    /// The document's bytes.
    ///
    /// - Throws: ``CommandFailure`` when it can't be read or is longer than `limit` bytes.
    func read(limit: Int) throws -> [UInt8] {
        let name = path == "-" ? "standard input" : path
        guard let handle = path == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: path) else {
            let exists = FileManager.default.fileExists(atPath: path)
            throw CommandFailure(.usage, exists ? "\(name) can't be read" : "there is no file \(name)")
        }
        var body: [UInt8] = []
        do {
            // A pipe gives what it has: more is to be asked for until nothing comes.
            while body.count <= limit, let part = try handle.read(upToCount: limit + 1 - body.count), !part.isEmpty {
                body += part
            }
        } catch {
            throw CommandFailure(.usage, "\(name) can't be read")
        }
        guard body.count <= limit else {
            throw CommandFailure(
                .usage,
                "\(name) is longer than \(limit) bytes, which is all that ingest takes",
                "raise ingest.maximum_document_bytes, or make several jobsets of it"
            )
        }
        guard !body.isEmpty else { throw CommandFailure(.usage, "\(name) is empty") }
        return body
    }
}
