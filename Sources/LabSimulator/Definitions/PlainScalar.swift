// SPDX-License-Identifier: Apache-2.0

internal import Yams

/// What PyYAML takes a scalar for that has neither quotes nor a tag, and what it can't make a value of: YAML 1.1 with the
/// patterns of its resolver. So `017` and `1:30` are numbers, `yes` is a truth, and `1e3` and `0o17` are texts.
enum PlainScalar {
    private static let words: [String: Tag.Name] = {
        var words: [String: Tag.Name] = ["": .null, "~": .null, "<<": .merge, "=": .value]
        for word in ["null", "Null", "NULL"] { words[word] = .null }
        for word in ["yes", "no", "true", "false", "on", "off"] {
            let capitalized = word.prefix(1).uppercased() + word.dropFirst()
            for form in [word, capitalized, word.uppercased()] { words[form] = .bool }
        }
        for word in ["inf", "Inf", "INF"] {
            for sign in ["", "+", "-"] { words["\(sign).\(word)"] = .float }
        }
        for word in ["nan", "NaN", "NAN"] { words[".\(word)"] = .float }
        return words
    }()

    /// The tag of a scalar.
    static func tag(of text: String) -> Tag.Name {
        if let word = words[text] { return word }
        guard let first = text.utf8.first, "+-.0123456789".utf8.contains(first), text.utf8.count < 1_000 else {
            return .str
        }
        if isInteger(text) { return .int }
        if isFraction(text) { return .float }
        if moment(text) != nil { return .timestamp }
        return .str
    }

    /// Why no value can be made of a scalar with this tag. LAVA does not expect that, and answers 500.
    static func complaint(about text: String, _ tag: Tag.Name) -> String? {
        switch tag {
        case .int where !isInteger(text) && Int(text) == nil:
            "invalid literal for int() with base 10: '\(text)'"
        case .float where !isFraction(text) && words[text] != .float && Double(text) == nil:
            "could not convert string to float: '\(text)'"
        case .bool where words[text] != .bool: "'\(text)'"
        case .timestamp: complaint(aboutTime: text)
        default: nil
        }
    }

    private static func complaint(aboutTime text: String) -> String? {
        guard let parts = moment(text) else {
            return "'NoneType' object has no attribute 'groupdict'"
        }
        let (year, month, day) = (parts[0], parts[1], parts[2])
        guard year > 0 else { return "year \(year) is out of range" }
        guard (1...12).contains(month) else { return "month must be in 1..12" }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
        guard (1...days).contains(day) else { return "day is out of range for month" }
        for (value, most, name) in zip3(parts.dropFirst(3), [23, 59, 59], ["hour", "minute", "second"])
        where value > most {
            return "\(name) must be in 0..\(most)"
        }
        return nil
    }

    private static func zip3(_ values: ArraySlice<Int>, _ limits: [Int], _ names: [String]) -> [(Int, Int, String)] {
        zip(values, zip(limits, names)).map { ($0, $1.0, $1.1) }
    }

    private static func isInteger(_ text: String) -> Bool {
        let digits = /[-+]?(?:0|[1-9][0-9_]*|0[0-7_]+|0b[01_]+|0x[0-9a-fA-F_]+|[1-9][0-9_]*(?::[0-5]?[0-9])+)/
        return text.wholeMatch(of: digits) != nil
    }

    private static func isFraction(_ text: String) -> Bool {
        let digits = /[-+]?[0-9][0-9_]*(?:\.[0-9_]*(?:[eE][-+][0-9]+)?|(?::[0-5]?[0-9])+\.[0-9_]*)/
        let point = /\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?/
        return text.wholeMatch(of: digits) != nil || text.wholeMatch(of: point) != nil
    }

    /// The numbers of a date, and of a time behind it.
    private static func moment(_ text: String) -> [Int]? {
        if let date = text.wholeMatch(of: /([0-9]{4})-([0-9]{2})-([0-9]{2})/) {
            return [date.1, date.2, date.3].compactMap { Int($0) }
        }
        let zone = /(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?/
        let time = /([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[Tt]|[ \t]+)([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]*)?/
        guard let start = text.prefixMatch(of: time), text[start.range.upperBound...].wholeMatch(of: zone) != nil else {
            return nil
        }
        return [start.1, start.2, start.3, start.4, start.5, start.6].compactMap { Int($0) }
    }
}
