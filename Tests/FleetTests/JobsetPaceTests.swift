// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Fleet

@Suite("How fast a jobset's jobs end")
struct JobsetPaceTests {
    private static let start = Date(timeIntervalSince1970: 1_795_000_000)

    private static func jobset(total: Int, pending: Int) -> Jobset {
        Jobset(
            id: UUID(),
            build: "/g/p/1",
            state: .running,
            generation: 1,
            total: total,
            pending: pending,
            waiting: pending,
            inLab: 0,
            outcomes: [:],
            tests: TestCounts(),
            labels: [:],
            retries: 0,
            priority: 50,
            isSealed: true,
            failures: 0,
            createdAt: start
        )
    }

    @Test(
        "is said in the unit that fits",
        arguments: [
            (600, 300, 10.0, "1,800 jobs a minute"), (60, 50, 600.0, "1 job a minute"),
            (60, 50, 36_000.0, "1 job an hour"),
            (60, 50, 3_600.0, "10 jobs an hour"), (60, 50, 864_000.0, "1 job a day"),
            (Int(Int32.max), 1, 10.0, "12,884,901,876 jobs a minute"),
        ] as [(Int, Int, Double, String)]
    )
    func rate(total: Int, pending: Int, age: Double, words: String) throws {
        let pace = try #require(JobsetPace(Self.jobset(total: total, pending: pending), now: Self.start + age))
        #expect(pace.rate == words)
        let share = Double(pending) / Double(total - pending)
        #expect(abs(pace.timeLeft - share * age) < 0.001)
    }

    @Test("is not known of a jobset that has finished, can grow, was retried, or has hardly begun")
    func unknown() {
        var jobset = Self.jobset(total: 60, pending: 10)
        #expect(JobsetPace(jobset, now: Self.start + 60) != nil)
        #expect(JobsetPace(jobset, now: Self.start + 9) == nil)
        #expect(JobsetPace(jobset, now: Self.start - 60) == nil)
        jobset.generation = 2
        #expect(JobsetPace(jobset, now: Self.start + 60) == nil)
        jobset = Self.jobset(total: 60, pending: 10)
        jobset.isSealed = false
        #expect(JobsetPace(jobset, now: Self.start + 60) == nil)
        jobset = Self.jobset(total: 60, pending: 10)
        jobset.state = .finished
        #expect(JobsetPace(jobset, now: Self.start + 60) == nil)
        #expect(JobsetPace(Self.jobset(total: 60, pending: 56), now: Self.start + 60) == nil)
        #expect(JobsetPace(Self.jobset(total: 60, pending: 0), now: Self.start + 60) == nil)
    }
}
