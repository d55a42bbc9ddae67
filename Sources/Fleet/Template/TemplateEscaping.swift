// SPDX-License-Identifier: Apache-2.0

import Mustache

/// How values are written so that they stay in the place that a template gives them.
enum TemplateEscaping {
    /// What `contentType` is called where a template names its escaping.
    static func name(_ contentType: CallbackContentType) -> String {
        switch contentType {
        case .json: "MUSTER_JSON"
        case .form: "MUSTER_FORM"
        case .text: "TEXT"
        }
    }

    /// Makes the escapings known to mustache, once.
    static let isRegistered: Bool = {
        MustacheContentTypes.register(JSONEscaping(), named: name(.json))
        MustacheContentTypes.register(FormEscaping(), named: name(.form))
        return true
    }()
}

/// For a place between the quotes of a JSON string.
struct JSONEscaping: MustacheContentType {
    func escapeText(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": escaped += "\\\""
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\r": escaped += "\\r"
            case "\t": escaped += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                escaped += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

/// For a value of `application/x-www-form-urlencoded`, as the URL standard has it.
struct FormEscaping: MustacheContentType {
    func escapeText(_ text: String) -> String {
        var escaped = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "*"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"):
                escaped.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: " "): escaped += "+"
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                escaped += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return escaped
    }
}
