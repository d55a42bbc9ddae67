// SPDX-License-Identifier: Apache-2.0

import Fleet

/// Reads KTAP (the Linux kernel's test protocol) and TAP: result lines, nested by indentation.
///
/// A test is called by its description. Subtests are in the suite of their parents, joined by points; a parent whose
/// subtests are listed is no test of its own. `# SKIP` makes a skipped test, `# TODO` and `# XFAIL` one whose failure is
/// no failure. What is neither a result nor a plan, such as kernel messages, is passed over.
struct KTAPReader {
    private var list: TestList
    private let pointer: String
    /// Results by their level of nesting, until the result of their parent names them.
    private var levels: [[Entry]] = [[]]
    private var entries = 0
    private var isKTAP = false
    private var stopped: String?

    private struct Entry {
        var path: [String]
        let status: ResultStatus
    }

    private struct Line {
        let level: Int
        let status: ResultStatus
        let name: String
    }

    /// Adds the tests of `text` to a list; those without a parent are in suite `suite`.
    static func read(_ text: String, suite: String = "ktap", into list: inout TestList, at pointer: String) {
        var reader = KTAPReader(list: list, pointer: pointer)
        for line in text.split(omittingEmptySubsequences: true, whereSeparator: \.isNewline) where reader.stopped == nil
        {
            reader.take(line)
        }
        reader.finish(suite: suite)
        list = reader.list
    }

    private init(list: TestList, pointer: String) {
        self.list = list
        self.pointer = pointer
    }

    private mutating func take(_ line: Substring) {
        let text = line.drop { $0 == " " }
        let level = (line.utf8.count - text.utf8.count) / 2
        if text.hasPrefix("KTAP version ") || text.hasPrefix("TAP version ")
            || (text.hasPrefix("1..") && text.dropFirst(3).first.map(Self.isDigit) == true)
        {
            isKTAP = true
            return
        }
        if text.hasPrefix("Bail out!") {
            stopped = "says \"\(text.prefix(200))\": the run was broken off"
            return
        }
        guard let result = Self.result(text, level: level) else { return }
        isKTAP = true
        guard level <= ReportRules.maximumDepth else {
            stopped = "is nested more than \(ReportRules.maximumDepth) deep"
            return
        }
        entries += 1
        guard entries <= list.rules.maximumTests else {
            stopped = "has more than \(list.rules.maximumTests) tests"
            return
        }
        add(result)
    }

    private static func result(_ text: Substring, level: Int) -> Line? {
        guard let (isFailed, number, rest) = pieces(of: text) else { return nil }
        // A directive stands behind the last "# ".
        let parts = rest.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let directive = parts.count == 2 ? parts[1].drop { $0 == " " }.uppercased() : ""
        let description = (parts.first ?? "").trimmingSpaces
        let status: ResultStatus =
            if directive.hasPrefix("SKIP") {
                .skip
            } else if directive.hasPrefix("TODO") || directive.hasPrefix("XFAIL") {
                .skip
            } else if directive.hasPrefix("TIMEOUT") || directive.hasPrefix("ERROR") {
                .fail
            } else {
                isFailed ? .fail : .pass
            }
        return Line(level: level, status: status, name: description.isEmpty ? "test \(number)" : description)
    }

    /// `(not )?ok(?: ([0-9]+))?(?: -)?(?: (.*))?`. Read by hand, since Swift compiles a `Regex` anew for each use, and a
    /// kernel's log has a hundred thousand lines.
    private static func pieces(of text: Substring) -> (isFailed: Bool, number: Substring, rest: Substring)? {
        var rest = text
        let isFailed = rest.hasPrefix("not ")
        if isFailed { rest = rest.dropFirst(4) }
        guard rest.hasPrefix("ok") else { return nil }
        rest = rest.dropFirst(2)
        /// Whether a word may end before `text`.
        func isEnd(_ text: Substring) -> Bool { text.isEmpty || text.hasPrefix(" ") }
        guard isEnd(rest) else { return nil }
        let number = rest.dropFirst().prefix(while: isDigit)
        if !number.isEmpty, isEnd(rest[number.endIndex...]) { rest = rest[number.endIndex...] }
        let isNumbered = rest.startIndex == number.endIndex && !number.isEmpty
        if rest.hasPrefix(" -"), isEnd(rest.dropFirst(2)) { rest = rest.dropFirst(2) }
        return (isFailed, isNumbered ? number : "", rest.dropFirst())
    }

    private static func isDigit(_ character: Character) -> Bool { character.isASCII && character.isNumber }

    private mutating func add(_ line: Line) {
        // What was deeper belongs to this one, however deep it was indented.
        var children: [Entry] = []
        while levels.count > line.level + 1 { children = levels.removeLast() + children }
        while levels.count <= line.level { levels.append([]) }
        if children.isEmpty {
            levels[line.level].append(Entry(path: [line.name], status: line.status))
            return
        }
        for index in children.indices { children[index].path.insert(line.name, at: 0) }
        // A parent that failed though no child did has failed by itself.
        if line.status == .fail, !children.contains(where: { $0.status == .fail }) {
            children.append(Entry(path: [line.name], status: .fail))
        }
        levels[line.level] += children
    }

    private mutating func finish(suite: String) {
        for entry in levels.flatMap(\.self) {
            let parents = entry.path.dropLast()
            list.add(
                "\(pointer)/\(list.tests.count)",
                suite: parents.isEmpty ? suite : parents.joined(separator: "."),
                name: entry.path.last ?? "",
                status: entry.status
            )
        }
        if let stopped {
            list.fault(pointer, stopped)
        } else if !isKTAP {
            list.fault(pointer, "is no KTAP or TAP: it has neither a version, nor a plan, nor a result")
        }
    }
}

extension Substring {
    fileprivate var trimmingSpaces: String {
        var rest = self
        while rest.first == " " { rest.removeFirst() }
        while rest.last == " " { rest.removeLast() }
        return String(rest)
    }
}
