// SPDX-License-Identifier: Apache-2.0

/// The names of groups, projects, versions and environments: `[a-zA-Z0-9][a-zA-Z0-9_.-]*`, at most 100 characters.
///
/// The rule is SQUAD's (`squad/core/models.py`, slug pattern), whose users' names must work unchanged.
package enum Slug {
    /// The longest slug, in characters.
    package static let maximumLength = 100

    /// Whether `text` is a slug.
    package static func isValid(_ text: String) -> Bool {
        guard let first = text.utf8.first, isLetterOrDigit(first), text.utf8.count <= maximumLength else {
            return false
        }
        return text.utf8.allSatisfy {
            isLetterOrDigit($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-")
        }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
