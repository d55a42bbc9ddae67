// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Testing

@testable import Dashboard

@Suite("How pages say things")
struct WordingTests {
    @Test(
        "A span is told in one or two units",
        arguments: [
            (0, "0 s"), (59, "59 s"), (60, "1 min"), (3_599, "59 min"), (3_600, "1 h"), (7_260, "2 h 1 min"),
            (86_400, "1 d"), (90_000, "1 d 1 h"), (-5, "0 s"), (.infinity, "0 s"),
        ] as [(Double, String)]
    )
    func span(_ seconds: Double, _ words: String) {
        #expect(PageText.span(seconds) == words)
    }

    @Test("What is to come is told as such")
    func future() {
        let now = Date(timeIntervalSince1970: 1_790_000_000)
        #expect(Moment(now.addingTimeInterval(-120), now: now).ago == "2 min ago")
        #expect(Moment(now.addingTimeInterval(120), now: now).ago == "in 2 min")
        #expect(Moment(now, now: now).iso == "2026-09-21T14:13:20Z")
    }

    @Test("A bar never has more than its whole, and a part that has anything is seen")
    func bar() {
        let few = Bar([(1, .bad), (99_999, .good)], of: 100_000, words: "")
        #expect(few.parts.first?.width ?? 0 > 0)
        #expect((few.parts.last.map { $0.x + $0.width } ?? 0) <= 1_000)
        #expect(Bar([(0, .bad)], of: 0, words: "").parts.isEmpty)
        #expect(Bar([(5, .good), (7, .bad)], of: 3, words: "").parts.allSatisfy { $0.x + $0.width <= 1_000 })
    }

    @Test("A canceled job is neither green nor red, and a missing one is not red: in lists and in the trend")
    func colours() throws {
        func build(_ total: Int, _ failures: Int, _ missing: Int, _ canceled: Int) -> JobsetSummary {
            JobsetSummary.test(
                state: .finished,
                verdict: .canceled,
                total: total,
                pending: 0,
                failures: failures,
                missing: missing,
                canceled: canceled
            )
        }
        #expect(build(8, 0, 0, 8).bar.parts.map(\.tone) == ["mute"])
        #expect(build(8, 0, 0, 8).bar.words == "8 of 8 jobs ended, 8 canceled")
        let mixed = build(24, 9, 2, 10)
        #expect(mixed.bar.parts.map(\.tone) == ["good", "bad", "warn", "mute"])
        #expect(mixed.bar.words == "24 of 24 jobs ended, 5 passed, 7 failed, 2 missing, 10 canceled")
        let view = ProjectView(
            group: "g",
            project: "p",
            builds: [],
            latest: [mixed],
            knownIssues: [],
            isFirstPage: true,
            reader: PageReader(name: nil, csrf: ""),
            now: .now
        )
        #expect(Set(view.columns.flatMap(\.bars).map(\.tone)) == ["good", "bad", "warn", "mute"])
        let badge = Badge(.finished, .failed, JobCounts(total: 48, pending: 0, failures: 25, missing: 4, canceled: 0))
        #expect(badge.tone == "bad" && badge.label == "failed, 4 of 48 jobs missing")
    }

    @Test("A late jobset, an open one and a canceled one are told of, and one that goes on is not")
    func troubles() {
        let now = Date(timeIntervalSince1970: 1_790_010_000)
        #expect(Trouble.of(JobsetSummary.test(), now: now) == nil)
        let late = Trouble.of(JobsetSummary.test(deadline: now.addingTimeInterval(-60)), now: now)
        #expect(late?.detail == "past its deadline, 4 jobs outstanding")
        #expect(Trouble.of(JobsetSummary.test(isSealed: false), now: now)?.badge.label == "open")
        let fresh = JobsetSummary.test(isSealed: false, createdAt: now.addingTimeInterval(-60))
        #expect(Trouble.of(fresh, now: now) == nil)
    }

    @Test("The address of a selection of jobs can be read again, whatever the environment is called")
    func selection() throws {
        let selection = JobSelection(kind: .failed, environment: "a b+c&d=e#f/é\"", from: 100)
        let href = selection.href("/jobsets/x")
        #expect(href.hasSuffix("#jobs"))
        let items = try #require(URLComponents(string: href)?.queryItems)
        #expect(items.contains(URLQueryItem(name: "show", value: "failed")))
        #expect(items.contains(URLQueryItem(name: "environment", value: "a b+c&d=e#f/é\"")))
        #expect(items.contains(URLQueryItem(name: "from", value: "100")))
        #expect(!href.contains("+"))
    }

    @Test("A trend has a column a build, the oldest first, none higher than the drawing")
    func trend() {
        let builds = (0..<50).map { number in
            JobsetSummary.test(
                version: "v\(number)",
                state: .finished,
                verdict: .failed,
                total: number + 1,
                pending: 0,
                failures: number / 2
            )
        }
        let view = ProjectView(
            group: "g",
            project: "p",
            builds: builds,
            latest: builds,
            knownIssues: [],
            isFirstPage: true,
            reader: PageReader(name: nil, csrf: ""),
            now: .now
        )
        #expect(view.columns.count == ProjectView.trendLimit)
        #expect(view.columns.last?.words.hasPrefix("v0:") == true)
        #expect(view.columns.flatMap(\.bars).allSatisfy { $0.y >= 0 && $0.y + $0.height <= 101 })
    }
}
