// SPDX-License-Identifier: Apache-2.0

import Foundation
import FoundationXML
import Testing

@testable import Fleet
@testable import Reports

@Suite("The HTML report")
struct HTMLReportTests {
    static let samples: [(name: String, report: FinishedJobsetReport)] =
        [
            ("mixed", Sample.mixed), ("full", Sample.full), ("hostile", Sample.hostile),
            ("hostile-markup", Sample.hostileMarkup), ("ugly", Sample.ugly), ("large", Sample.large()),
            ("empty", FinishedJobsetReport(jobset: Sample.jobset(.passed), jobs: [], failedTests: [])),
        ] + Sample.builds.sorted { $0.key < $1.key }.map { ("build-\($0.key)", $0.value) }

    @Test("What needs a person comes first")
    func order() throws {
        let html = HTMLReport.html(Sample.full)
        let headings = [
            "<h1", "FAILED, 1 of 4 jobs rejected, 1 missing",
            "next-20261123 failed: 2 of 1,213 tests failed, 2 of them new since next-20261122,",
            ">Regressions (1)<", ">fork13<", "pass -&gt; fail", ">New failures (1)<", ">fork01<",
            ">Jobs that did not complete (2)<", "bootloader-interrupt timed out after 30 seconds",
            "href=\"https://lava.example.org/scheduler/job/1002\"", "connection to the power switch was lost",
            ">Tests that have vanished (1,200)<", "and 1,199 more", ">Fixes (2)<", ">Metrics (3)<",
            "1 other changed by less than 5 %, or is new.", "+25.0 %", "-20.0 %",
            ">Slowest jobs<", "1 h 1 min", ">Suites (1)<", ">Environments (4)<",
        ]
        var rest = html[...]
        for heading in headings {
            let found = try #require(rest.range(of: heading), "\(heading) is not there, or not in its place")
            rest = rest[found.upperBound...]
        }
        // Each failure once, and what did not change not at all.
        #expect(html.ranges(of: ">fork13<").count == 1 && !html.contains("ailed tests ("))
        #expect(!html.contains("123,457"))
    }

    @Test("Boards that tell a test alike, and jobs that ended alike, are told together")
    func alike() {
        let boards = (1...12).map { "board-\($0)" }
        let tests = boards.map { board in
            ComparedTest(environment: board, suite: "ltp", name: "fork01", before: .pass, after: .fail)
        }
        var comparison = Sample.comparison
        comparison.regressions = ComparedTests(tests)
        let jobs = boards.enumerated().map { place, board in
            Sample.job(place, board, outcome: .lost, reason: "lab-b knows no such job")
        }
        let report = FinishedJobsetReport(
            jobset: Sample.jobset(.failed),
            jobs: jobs,
            failedTests: [],
            baseline: .compared(comparison)
        )
        for text in [HTMLReport.html(report), TextReport.text(report)] {
            #expect(text.ranges(of: "fork01").count == 2)
            #expect(text.ranges(of: "lab-b knows no such job").count == 1)
            #expect(text.contains("12 jobs"))
        }
    }

    @Test("Names are in the order in which a person looks for them")
    func natural() {
        let names = ["case_10", "case_2", "case_1", "case_01", "a", "case_2b", "case"].map { NaturalOrder($0) }
        #expect(names.sorted().map(\.name) == ["a", "case", "case_01", "case_1", "case_2", "case_2b", "case_10"])
    }

    @Test(
        "A page is small: 8 passed jobs 20 kB, 48 jobs 60 kB, and never more than a mail may have",
        arguments: [8, 48]
    )
    func size(_ number: Int) {
        let jobs = (0..<number).map { Sample.job($0, "board-\($0 % 24)") }
        let metrics = (0..<number * 20).map { Sample.metric("case_\($0)", 1, 1.001) }
        let failed = number == 8 ? [] : (0..<21).map { Sample.test($0, "board-\($0 % 24)", "ltp", "fork\($0)") }
        let report = FinishedJobsetReport(
            jobset: Sample.jobset(number == 8 ? .passed : .failed),
            jobs: jobs,
            failedTests: failed,
            baseline: .compared(ReportedComparison(jobset: Sample.comparison.jobset)),
            metrics: ReportedMetrics(metrics),
            times: Sample.times,
            suites: ReportedSuites(
                jobs.map { SuiteTotals(environment: $0.environment, suite: "suite-\($0.position)", tests: $0.tests) }
            )
        )
        #expect(HTMLReport.html(report).utf8.count <= (number == 8 ? 20_000 : 60_000))
    }

    @Test("Every page is well-formed, closes what it opens, and loads and runs nothing", arguments: samples.map(\.name))
    func wellFormed(_ name: String) throws {
        let report = try #require(Self.samples.first { $0.name == name }).report
        let elements = try MarkupOutline(page: HTMLReport.html(report)).elements
        let known: Set<String> = [
            "html", "head", "meta", "title", "style", "body", "table", "thead", "tbody", "tr", "th", "td", "div",
            "span",
            "h1", "h2", "h3", "h4", "p", "ul", "li", "a",
        ]
        #expect(Set(elements.map(\.name)).subtracting(known).isEmpty)
        for element in elements {
            let own: Set<String> = [
                "class", "style", "href", "scope", "role", "lang", "charset", "name", "content", "width", "cellpadding",
                "cellspacing", "border", "align",
            ]
            #expect(Set(element.attributes.keys).subtracting(own).isEmpty)
            #expect(!(element.attributes["style"] ?? "").contains("url("))
            if let address = element.attributes["href"] {
                #expect(element.name == "a")
                #expect(address.hasPrefix("https://"))
            }
        }
    }

    @Test("Markup in any name stays text")
    func hostile() throws {
        let html = HTMLReport.html(Sample.hostileMarkup)
        #expect(!html.contains("<script"))
        #expect(!html.contains("<img"))
        #expect(!html.contains("<!--"))
        #expect(!html.contains("javascript:"))
        #expect(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
        #expect(html.contains("href=\"https://lava.example.org/&quot;onmouseover=&quot;alert(1)\""))
        #expect(
            !html.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0.value >= 0xFFFE && $0.value <= 0xFFFF }
        )
    }

    @Test("10,000 jobs make a page that a mail server takes, and it says what is left out")
    func large() {
        let html = HTMLReport.html(Sample.large())
        #expect(html.utf8.count < 90_000)
        #expect(html.contains(">Jobs that did not complete (1,000)<"))
        #expect(html.contains(">1,000 jobs<") && html.contains(" and 990 more"))
        #expect(html.contains(">Failed tests (20,000)<") && html.contains(" more</p>"))
    }

    @Test("An empty jobset has a page")
    func empty() {
        let html = HTMLReport.html(FinishedJobsetReport(jobset: Sample.jobset(.passed), jobs: [], failedTests: []))
        #expect(html.contains("PASSED"))
        #expect(html.contains(">0 of 0<"))
        #expect(!html.contains("<h2"))
    }

    @Test("Tables have headings for those who hear them")
    func accessible() throws {
        let elements = try MarkupOutline(page: HTMLReport.html(Sample.full)).elements
        #expect(elements.filter { $0.name == "th" }.allSatisfy { $0.attributes["scope"] != nil })
        #expect(elements.count { $0.name == "h1" } == 1)
        let levels = elements.compactMap { $0.name.hasPrefix("h") ? Int($0.name.dropFirst()) : nil }
        #expect(zip(levels, levels.dropFirst()).allSatisfy { $1 <= $0 + 1 })
    }

    @Test("It has colours for dark surroundings, each of them enough apart from its background")
    func contrast() throws {
        let html = HTMLReport.html(Sample.full)
        #expect(html.contains("prefers-color-scheme: dark"))
        #expect(html.contains("content=\"light dark\""))
        let pairs = [
            ("1f2328", "ffffff"), ("59636e", "ffffff"), ("cf222e", "ffffff"), ("1a7f37", "ffffff"),
            ("9a6700", "ffffff"),
            ("0969da", "ffffff"), ("e6edf3", "0d1117"), ("9198a1", "0d1117"), ("ff7b72", "0d1117"),
            ("3fb950", "0d1117"),
            ("d29922", "0d1117"), ("4493f8", "0d1117"),
        ]
        for (text, background) in pairs {
            #expect(html.contains("#\(text)") && html.contains("#\(background)"))
            #expect(Self.contrast(text, background) >= 4.5, "\(text) on \(background)")
        }
    }

    /// As the Web Content Accessibility Guidelines 2.1 reckon it.
    private static func contrast(_ first: String, _ second: String) -> Double {
        func luminance(_ colour: String) -> Double {
            let number = Int(colour, radix: 16) ?? 0
            let parts = [number >> 16, number >> 8 & 0xFF, number & 0xFF].map { part -> Double in
                let share = Double(part) / 255
                return share <= 0.03928 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
            }
            return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
        }
        let (one, other) = (luminance(first), luminance(second))
        return (max(one, other) + 0.05) / (min(one, other) + 0.05)
    }

    @Test(
        "Pages to look at, written where MUSTER_TEST_PAGES says",
        .enabled(if: ProcessInfo.processInfo.environment["MUSTER_TEST_PAGES"] != nil)
    )
    func pages() throws {
        let folder = URL(fileURLWithPath: try #require(ProcessInfo.processInfo.environment["MUSTER_TEST_PAGES"]))
        for (name, report) in Self.samples {
            let page = folder.appendingPathComponent(name)
            try Data(HTMLReport.html(report).utf8).write(to: page.appendingPathExtension("html"))
            try Data(JUnitReport.xml(report).utf8).write(to: page.appendingPathExtension("xml"))
            try Data(TextReport.text(report).utf8).write(to: page.appendingPathExtension("txt"))
        }
    }
}
