// SPDX-License-Identifier: Apache-2.0

/// Text that others wrote, made fit to be shown: it can't move the cursor, ring a bell, turn the line around or go on
/// without end.
package enum HarmlessText {
    private static let replacement: Unicode.Scalar = "\u{FFFD}"

    /// `text` as one line: line breaks and tabs become a space, what else controls a terminal becomes `�`, and more
    /// than `limit` Unicode scalars end in `…`.
    package static func line(_ text: String, limit: Int = .max) -> String {
        cleaned(text, limit: limit, keepingLines: false)
    }

    /// `text` with its line breaks, otherwise as ``line(_:limit:)``.
    package static func block(_ text: String, limit: Int = .max) -> String {
        cleaned(text, limit: limit, keepingLines: true)
    }

    private static func cleaned(_ text: String, limit: Int, keepingLines: Bool) -> String {
        var scalars = String.UnicodeScalarView()
        var count = 0
        var afterReturn = false
        for scalar in text.unicodeScalars {
            defer { afterReturn = scalar == "\r" }
            // A return and a line feed are one line break.
            if scalar == "\n", afterReturn { continue }
            guard count < limit else {
                if limit > 0 {
                    scalars.removeLast()
                    scalars.append("…")
                }
                break
            }
            scalars.append(harmless(scalar, keepingLines: keepingLines))
            count += 1
        }
        return String(scalars)
    }

    private static func harmless(_ scalar: Unicode.Scalar, keepingLines: Bool) -> Unicode.Scalar {
        switch scalar.value {
        case 0x0A, 0x0D, 0x2028, 0x2029: keepingLines ? "\n" : " "
        case 0x09: " "
        case ..<0x20, 0x7F...0x9F: replacement
        // What changes the direction of writing, and what takes no room at all.
        case 0x061C, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB, 0xE0000...0xE007F:
            replacement
        default: scalar
        }
    }
}
