// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A file that holds one secret and at most a line break after it.
struct SecretFile {
    /// Why a secret could not be had; says nothing of the content.
    struct Problem: Error {
        let reason: String
    }

    let path: String

    /// The longest secret, so that a path to a device or to the wrong file can't fill the memory.
    static let maximumBytes = 65_536

    /// The content without the white space around it.
    func read() -> Result<String, Problem> {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            let exists = FileManager.default.fileExists(atPath: path)
            return .failure(Problem(reason: exists ? "can't be read" : "does not exist"))
        }
        defer { try? handle.close() }
        guard let data = try? handle.read(upToCount: Self.maximumBytes + 1) else {
            return .failure(Problem(reason: "is empty or can't be read"))
        }
        guard data.count <= Self.maximumBytes else { return .failure(Problem(reason: "is longer than 64 KiB")) }
        guard let text = String(data: data, encoding: .utf8) else { return .failure(Problem(reason: "is not UTF-8")) }
        let secret = text.trimmingCharacters(in: .whitespacesAndNewlines)
        return secret.isEmpty ? .failure(Problem(reason: "is empty")) : .success(secret)
    }

    /// Whether every user of the machine may read it.
    var isReadableByOthers: Bool {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard let mode = attributes?[.posixPermissions] as? NSNumber else { return false }
        return mode.intValue & 0o004 != 0
    }
}
