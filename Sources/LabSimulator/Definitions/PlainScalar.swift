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

    // Numbers are read byte by byte and not by a `Regex`, which Swift compiles anew for each use: every scalar of every
    // definition passes here.

    /// `[-+]?(?:0|[1-9][0-9_]*|0[0-7_]+|0b[01_]+|0x[0-9a-fA-F_]+|[1-9][0-9_]*(?::[0-5]?[0-9])+)`
    private static func isInteger(_ text: String) -> Bool {
        var scan = ScalarScan(text)
        scan.skipSign()
        guard scan.skip("0") else {
            guard scan.take(in: "123456789") else { return false }
            scan.takeAll(in: "0123456789_")
            return scan.takeSexagesimal() && scan.isAtEnd
        }
        if scan.isAtEnd { return true }
        let digits: StaticString = scan.skip("b") ? "01_" : scan.skip("x") ? "0123456789abcdefABCDEF_" : "01234567_"
        return scan.takeAll(in: digits) > 0 && scan.isAtEnd
    }

    /// `[-+]?[0-9][0-9_]*(?:\.[0-9_]*(?:[eE][-+][0-9]+)?|(?::[0-5]?[0-9])+\.[0-9_]*)`, or
    /// `\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?`
    private static func isFraction(_ text: String) -> Bool {
        var scan = ScalarScan(text)
        if scan.skip(".") {
            guard scan.take(in: "0123456789") else { return false }
            scan.takeAll(in: "0123456789_")
            return scan.takeExponent() && scan.isAtEnd
        }
        scan.skipSign()
        guard scan.take(in: "0123456789") else { return false }
        scan.takeAll(in: "0123456789_")
        let isSexagesimal = scan.isAt(":")
        guard scan.takeSexagesimal(), scan.skip(".") else { return false }
        scan.takeAll(in: "0123456789_")
        return (isSexagesimal || scan.takeExponent()) && scan.isAtEnd
    }

    /// The numbers of a date, and of a time behind it.
    private static func moment(_ text: String) -> [Int]? {
        guard text.utf8.dropFirst(4).first == UInt8(ascii: "-") else { return nil }
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

/// Goes through the bytes of a scalar.
private struct ScalarScan {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = text[...].utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    func isAt(_ byte: Unicode.Scalar) -> Bool { rest.first == UInt8(ascii: byte) }

    mutating func skip(_ byte: Unicode.Scalar) -> Bool {
        guard isAt(byte) else { return false }
        rest = rest.dropFirst()
        return true
    }

    mutating func skipSign() { if !skip("-") { _ = skip("+") } }

    /// One byte out of `set`.
    @discardableResult
    mutating func take(in set: StaticString) -> Bool {
        guard let first = rest.first, set.contains(first) else { return false }
        rest = rest.dropFirst()
        return true
    }

    /// As many bytes out of `set` as there are.
    @discardableResult
    mutating func takeAll(in set: StaticString) -> Int {
        var count = 0
        while take(in: set) { count += 1 }
        return count
    }

    /// `(?:[eE][-+][0-9]+)?`; `false` if one begins and does not end.
    mutating func takeExponent() -> Bool {
        guard take(in: "eE") else { return true }
        return take(in: "-+") && takeAll(in: "0123456789") > 0
    }

    /// `(?::[0-5]?[0-9])*`; `false` if one begins and does not end.
    mutating func takeSexagesimal() -> Bool {
        while skip(":") {
            if take(in: "012345") { take(in: "0123456789") } else if !take(in: "6789") { return false }
        }
        return true
    }
}

extension StaticString {
    fileprivate func contains(_ byte: UInt8) -> Bool {
        withUTF8Buffer { $0.contains(byte) }
    }
}
