// SPDX-License-Identifier: Apache-2.0

import Fleet

/// Text that others wrote, as it may stand in HTML and XML, between tags and in quoted attributes. Nothing else puts text
/// into markup.
enum MarkupText {
    /// `text` with all that means something in markup spelled out, and with `�` for what XML 1.0 can't hold.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        escaped.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(isXML(scalar) ? scalar : "\u{FFFD}")
            }
        }
        return escaped
    }

    /// `address` where it is one of the web; `nil` of every other, such as one that would run a script.
    static func webAddress(_ address: String?) -> String? {
        guard let address else { return nil }
        let start = address.prefix(8).lowercased()
        guard start.hasPrefix("https://") || start.hasPrefix("http://") else { return nil }
        return address
    }

    /// The characters of XML 1.0, section 2.2.
    private static func isXML(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D, 0x20...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: true
        default: false
        }
    }
}
