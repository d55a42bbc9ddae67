// SPDX-License-Identifier: Apache-2.0

/// Text from elsewhere (labs, publishers) made fit for a terminal: nothing in it can move the cursor, change a colour,
/// forge a line or turn the direction of what is read.
enum HarmlessText {
    /// One line: everything that is not plain text is replaced, line breaks by a space.
    static func line(_ text: String) -> String { cleaned(text, keepsLines: false) }

    /// Several lines: line breaks stay.
    static func lines(_ text: String) -> String { cleaned(text, keepsLines: true) }

    private static func cleaned(_ text: String, keepsLines: Bool) -> String {
        guard text.unicodeScalars.contains(where: isHarmful) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if !isHarmful(scalar) {
                result.append(scalar)
            } else if scalar == "\n" {
                result.append(keepsLines ? "\n" : " ")
            } else if scalar == "\t" {
                result.append(" ")
            } else if scalar != "\r" {
                result.append("\u{FFFD}")
            }
        }
        return String(result)
    }

    private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        // Marks that turn the direction of writing make a line read as another one (Unicode TR 36).
        case .format: (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
        default: false
        }
    }
}
