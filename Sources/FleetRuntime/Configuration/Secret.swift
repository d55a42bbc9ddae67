// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A value that must not reach a log, an error or a description: a token, a password, a URL that holds one.
///
/// Printing, interpolating, dumping or reflecting a secret gives `***`. ``reveal`` gives the value, at the place
/// of use and nowhere else.
package struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The value itself. Hand it to what needs it; don't keep it in anything that can be printed.
    package let reveal: String

    /// Guards `value`.
    package init(_ value: String) {
        self.reveal = value
    }

    /// Always `***`.
    package var description: String { "***" }

    /// Always `***`.
    package var debugDescription: String { "***" }

    /// A mirror that shows nothing.
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}

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

/// Files with the secrets that neither the environment nor the configuration file gives: one for each key.
///
/// They are in a directory for each section (`credentials/backends/lab-a.token`) beside the configuration file, or in
/// `CREDENTIALS_DIRECTORY`. There systemd puts the section in front of the name (`backends_lab-a.token`), when a unit loads
/// the whole directory of a section (`LoadCredential=backends:/etc/muster/credentials/backends`, see systemd.exec(5)).
///
/// systemd does that at a start alone. What a reload brings is in the directory that `MUSTER_RELOADED_CREDENTIALS` names, as
/// soon as there has been one, and takes the place of what the start has brought.
struct CredentialFiles {
    private let folders: [String]

    /// Those that this environment and a configuration file in `folder` have; without such a file, `folder` is nil.
    init(environment: [String: String], folder: String?) {
        let reloaded = environment["MUSTER_RELOADED_CREDENTIALS"].flatMap { path in
            FileManager.default.fileExists(atPath: path) ? path : nil
        }
        let named = reloaded ?? environment["CREDENTIALS_DIRECTORY"].flatMap { $0.isEmpty ? nil : $0 }
        folders = [named, folder.map { "\($0)/credentials" }].compactMap { $0 }
    }

    /// The file of the key at `path`, if there is one.
    func file(of path: [String]) -> SecretFile? {
        guard let section = path.first, path.count > 1, !path.contains(where: { $0.contains("/") }) else { return nil }
        let name = path.dropFirst().joined(separator: ".")
        let candidates = folders.flatMap { ["\($0)/\(section)_\(name)", "\($0)/\(section)/\(name)"] }
        return candidates.first(where: FileManager.default.fileExists).map(SecretFile.init)
    }
}
