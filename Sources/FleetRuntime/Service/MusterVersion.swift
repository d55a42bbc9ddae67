// SPDX-License-Identifier: Apache-2.0

import CBuild

/// Which Muster this is.
package enum MusterVersion {
    /// The version, as in the changelog.
    package static let current = "0.1.0"

    /// The full hash of the commit, with `-dirty` after it if files had changed since; nil for a build that does not
    /// state its commit, such as `swift build` by itself.
    package static let commit: String? = {
        let text = String(cString: muster_build_commit())
        return text.isEmpty ? nil : text
    }()

    /// Both, for people: `0.1.0 (1f0c2ab94d7e)`.
    package static var description: String { commit.map { "\(current) (\(short($0)))" } ?? current }

    /// Twelve digits of a hash, and what is behind it.
    static func short(_ commit: String) -> String {
        let hash = commit.prefix { $0 != "-" }
        return "\(hash.prefix(12))\(commit.dropFirst(hash.count))"
    }
}
