// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// Texts, numbers and documents that somebody sends who means no good, or has lost half of what was meant.
struct HostileText {
    var random: SplitMix64
    /// Things that are there.
    var jobsets: [UUID] = []
    /// Labs that are there.
    var backends = ["lab-a"]

    /// Numbers at the edges of every type, and what is none.
    static let numbers = [
        "0", "-0", "1", "-1", "255", "256", "-129", "32768", "65536", "2147483647", "2147483648", "-2147483649",
        "4294967296", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
        "18446744073709551616", "1e400", "-1e400", "1e-400", "0.1", "3.0", "1e3", "00", "+1", "NaN", "Infinity", "0x10",
        String(repeating: "9", count: 5_000),
    ]
    /// Texts that somewhere mean something.
    static let texts = [
        "", " ", "\u{0}", "a\u{0}b", "\u{FEFF}", "\u{1B}[2J", "\u{202E}abc", "a\r\nX-B: c", "💥", "é", "e\u{301}", "'",
        "''; drop table job; --", "%", "%00", "%zz", "{{build}}", "{{{{", "${PATH}", "<script>alert(1)</script>",
        "../../../etc/passwd", "/", "//", "*", "null", "true", "-", "--", "\\", "\\u0000", "\"", "lab-a", "anonymous",
        "http://169.254.169.254/", "file:///etc/passwd", "/g/p/1", "2026-02-30T00:00:00Z", "9999-12-31T23:59:59Z",
        String(repeating: "a", count: 300), String(repeating: "é", count: 3_000), String(repeating: "[", count: 2_000),
    ]

    mutating func number() -> String { random.pick(Self.numbers) }

    mutating func text() -> String {
        switch random.number(0...5) {
        case 0: number()
        case 1: String((0..<random.number(0...40)).map { _ in scalar() })
        case 2: (jobsets.isEmpty ? random.uuid() : random.pick(jobsets)).uuidString.lowercased()
        default: random.pick(Self.texts)
        }
    }

    private mutating func scalar() -> Character {
        let ranges = [
            0x00...0x1F, 0x20...0x7E, 0x20...0x7E, 0x80...0x2FF, 0x2000...0x20FF, 0xE000...0xFFFF, 0x1F300...0x1F6FF,
        ]
        let value = UInt32(random.number(random.pick(ranges)))
        return Character(Unicode.Scalar(value) ?? "?")
    }

    /// Any value at all.
    mutating func value() -> LooseJSON {
        switch random.number(0...9) {
        case 0...2: .raw(number())
        case 3...5: .text(text())
        case 6:
            .raw(
                random.pick([
                    "null", "true", "false", "", "[]", "{}", "\"\\ud800\"", "\"\\u0000\"", "\"", "nul", "\u{1}",
                ])
            )
        case 7: .array((0..<random.number(0...5)).map { _ in .raw(number()) })
        case 8: .object([(text(), .text(text())), ("a", .raw(number())), ("a", .raw("1"))])
        default: .raw(nested(random.pick([3, 63, 64, 65, 513, 3_000])))
        }
    }

    private mutating func nested(_ depth: Int) -> String {
        random.chance(50)
            ? String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            : String(repeating: "{\"a\":", count: depth) + "1" + String(repeating: "}", count: depth)
    }
}

// MARK: - Documents

extension HostileText {
    /// A document, mostly one with a few things wrong.
    mutating func document() -> [UInt8] {
        var tree = random.chance(60) ? jobset() : addition()
        for _ in 0..<random.pick([0, 1, 1, 1, 2, 5]) {
            var this = self
            tree = tree.changed(&random) { _, random in
                this.random = SplitMix64(seed: random.next())
                return this.value()
            }
        }
        return damaged(Array(tree.written.utf8))
    }

    private mutating func jobset() -> LooseJSON {
        let optional: [(String, LooseJSON)] = [
            ("callback", .object([("url", .text("http://192.0.2.1/x")), ("body", .text("{{build}}"))])),
            ("callback_url", .text("https://example.org/x")), ("labels", .object([("a", .text("b"))])),
            ("open", .raw("true")), ("total", .raw("3")), ("timeout", .raw("60")), ("retries", .raw("2")),
            ("max_failures", .text("10%")), ("priority", .raw("7")), ("baseline", .text("/h/p/1")),
            ("report", .object([("mail", .array([.text("a@example.org")])), ("junit", .raw("true"))])),
            ("callback_method", .text("post")), ("unknown", .raw("1")), ("build", .text("/h/p/2")),
        ]
        let more = (0..<random.number(0...4)).map { _ in random.pick(optional) }
        let version = random.number(1...1_000_000)
        return .object([("build", .text("/h/p/\(version)")), ("jobs", jobs())] + more)
    }

    private mutating func addition() -> LooseJSON {
        let id = jobsets.isEmpty || random.chance(30) ? random.uuid() : random.pick(jobsets)
        let seal: [(String, LooseJSON)] = random.chance(10) ? [("seal", .raw("true"))] : []
        return .object([("jobset", .text(id.uuidString.lowercased())), ("jobs", jobs())] + seal)
    }

    private mutating func jobs() -> LooseJSON {
        .array(
            (0..<random.pick([0, 1, 1, 2, 3])).map { number in
                let definition = random.chance(90) ? Self.definition : self.definition()
                return .object([
                    ("environment", .text("env-\(number)")), ("backend", .text(random.pick(backends))),
                    ("definition", .text(definition)),
                ])
            }
        )
    }

    private static let definition = TestFleet.definition()

    /// A definition that is none, or that is more than it seems.
    mutating func definition() -> String {
        switch random.number(0...6) {
        case 0: "a: &a [x]\nb: &b [*a,*a,*a]\nc: &c [*b,*b,*b]\n? *c\n: d"
        case 1: "protocols: {lava-multinode: {roles: {a: {count: \(number())}}}}\njob_name: x"
        case 2: "secrets:\n" + (0..<random.number(1...30)).map { "  k\($0): \(text().debugDescription)\n" }.joined()
        case 3: nested(random.number(1...1_100))
        case 4: "job_name: \(text().debugDescription)\ntimeouts: {job: {minutes: \(number())}}"
        case 5: Self.definition + "\ntags: [\(text().debugDescription)]\npriority: \(number())"
        default: text()
        }
    }

    /// Bytes of which some may be others, or gone.
    mutating func damaged(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        switch random.number(0...19) {
        case 0: return Array(bytes.prefix(random.number(0...max(0, bytes.count))))
        case 1, 2:
            for _ in 0..<random.number(1...4) where !bytes.isEmpty {
                bytes[random.number(0...bytes.count - 1)] = UInt8(random.number(0...255))
            }
        case 3: return (0..<random.number(0...300)).map { _ in UInt8(random.number(0...255)) }
        case 4: bytes.insert(contentsOf: [0xEF, 0xBB, 0xBF], at: 0)
        case 5: bytes += bytes
        default: break
        }
        return bytes
    }
}
