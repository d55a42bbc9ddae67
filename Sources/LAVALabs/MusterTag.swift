// SPDX-License-Identifier: Apache-2.0

import Fleet
package import Foundation

/// How an attempt is told by a job that a LAVA server has: by the comment `muster: <uuid>` ahead of its definition.
///
/// LAVA has no idempotency key, but it keeps a definition's text.
package enum MusterTag {
    private static let prefix = "muster: "

    /// The comment of an attempt. UUIDs are written in lower case, since LAVA compares bytes.
    package static func comment(_ tag: UUID) -> String { prefix + tag.text }

    /// The attempt of a comment; nil if it is another's.
    package static func read(_ comment: String) -> UUID? {
        guard comment.hasPrefix(prefix) else { return nil }
        let rest = comment.dropFirst(prefix.count)
        return rest.utf8.count == 36 ? UUID(uuidString: String(rest)) : nil
    }
}
