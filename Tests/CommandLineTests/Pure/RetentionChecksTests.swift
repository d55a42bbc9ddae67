// SPDX-License-Identifier: Apache-2.0

import CommandLine
import Fleet
import FleetStore
import Foundation
import Testing

@testable import DirectCommands

@Suite("What doctor says of retention")
struct RetentionChecksTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)
    private static let rules = RetentionRules(
        usual: Retention(days: [.results: 30]),
        projects: ["lkft/stable": Retention(days: [.results: 0])]
    )

    private static func expired(_ project: String, jobsets: Int = 3, finished days: Double) throws -> ExpiredJobsets {
        let finished = now.addingTimeInterval(-days * 86_400).timeIntervalSinceReferenceDate
        let text = """
            {"project": "\(project)", "part": "results", "jobsets": \(jobsets), "oldestFinishedAt": \(finished)}
            """
        return try JSONDecoder().decode(ExpiredJobsets.self, from: Data(text.utf8))
    }

    @Test("What has been due for two days is no warning, and what is kept forever is none either")
    func well() throws {
        for expired in try [
            [], [Self.expired("lkft/next", finished: 31.9)], [Self.expired("lkft/stable", finished: 4_000)],
        ] {
            let findings = RetentionChecks.findings(expired, Self.rules, now: Self.now)
            #expect(findings == [.ok("retention", "nothing is kept longer than configured")])
        }
    }

    @Test("What is late is a warning each, the latest first, and no more than five")
    func late() throws {
        let late = try (1...7).map { try Self.expired("lkft/p\($0)", jobsets: $0, finished: 33 + Double($0)) }
        let findings = RetentionChecks.findings(late, Self.rules, now: Self.now)
        #expect(findings.count == RetentionChecks.mostListed)
        #expect(findings.allSatisfy { $0.level == .warning && $0.advice?.contains("muster prune") == true })
        #expect(
            findings[0].found == "lkft/p7: results of 7 jobsets should have been removed, the first 10 days ago"
        )
        let single = RetentionChecks.findings([late[0]], Self.rules, now: Self.now)
        #expect(single.map(\.found) == ["lkft/p1: results of 1 jobset should have been removed, the first 4 days ago"])
    }
}
