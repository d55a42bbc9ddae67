// SPDX-License-Identifier: Apache-2.0

import Mustache

/// An object of the report. By itself it is written as nothing.
struct TemplateObject: MustacheParent, MustacheCustomRenderable, MustacheTransformable {
    var members: [String: Any]
    let budget: RenderBudget

    var renderText: String { "" }
    var isNull: Bool { members.isEmpty }
    func child(named name: String) -> Any? { members[name] }

    /// `enumerated` gives its members in order, each with `key` and `value`.
    func transform(_ name: String) -> Any? {
        guard name == "enumerated" else { return nil }
        let pairs = members.sorted { $0.key < $1.key }.map { key, value in
            TemplateObject(members: ["key": TemplateText(key, budget), "value": value], budget: budget)
        }
        return TemplateList(elements: pairs, budget: budget)
    }
}

/// A list of the report: a section is written once for each element.
struct TemplateList: MustacheSequence, MustacheParent, MustacheCustomRenderable, MustacheTransformable {
    let elements: [Any]
    let budget: RenderBudget

    /// How many elements `top` gives: as many as a person reads in a message.
    static let top = 10

    var renderText: String { "" }
    var isNull: Bool { elements.isEmpty }
    func child(named: String) -> Any? { nil }

    func makeIterator() -> AnyIterator<Any> {
        var iterator = elements.makeIterator()
        return AnyIterator { [budget] in
            guard let element = iterator.next(), budget.takeTurn() else { return nil }
            return element
        }
    }

    func transform(_ name: String) -> Any? {
        switch name {
        case "top": TemplateList(elements: Array(elements.prefix(Self.top)), budget: budget)
        case "count": TemplateText("\(elements.count)", budget)
        case "empty": elements.isEmpty
        default: nil
        }
    }
}

/// A string or a number. As a section, an empty string and 0 are nothing.
struct TemplateText: MustacheParent, MustacheCustomRenderable, MustacheTransformable {
    let text: String
    let budget: RenderBudget

    init(_ text: String, _ budget: RenderBudget) {
        self.text = text
        self.budget = budget
    }

    var renderText: String { budget.take(text.utf8.count) ? text : "" }
    var isNull: Bool { text.isEmpty || text == "0" }
    func child(named: String) -> Any? { nil }

    func transform(_ name: String) -> Any? {
        switch name {
        case "lowercased": TemplateText(text.lowercased(), budget)
        case "uppercased": TemplateText(text.uppercased(), budget)
        case "empty": text.isEmpty
        // Slack reads <…> as a link or a call to everybody.
        case "slack":
            TemplateText(
                text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;"),
                budget
            )
        default: nil
        }
    }
}

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
