// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Files with the secrets that neither the environment nor the configuration file gives: one for each key.
///
/// They are in a directory for each section (`credentials/backends/lab-a.token`) beside the configuration file, or in
/// `CREDENTIALS_DIRECTORY`. There systemd puts the section in front of the name (`backends_lab-a.token`), when a unit loads
/// the whole directory of a section (`LoadCredential=backends:/etc/muster/credentials/backends`, see systemd.exec(5)).
struct CredentialFiles {
    private let folders: [String]

    /// Those that this environment and a configuration file in `folder` have; without such a file, `folder` is nil.
    init(environment: [String: String], folder: String?) {
        let named = environment["CREDENTIALS_DIRECTORY"].flatMap { $0.isEmpty ? nil : $0 }
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
