// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Testing

extension RealLAVA {
    /// Nothing that a job found is lost or mixed up.
    @Suite struct Results {
        @Test("Thousands of cases, cases of one name, measurements and pass or fail are all kept; suite lava is apart")
        func everything() async throws {
            try await RealLAVA.with { bench in
                let fleet = bench.fleet
                try fleet.startAll()
                let many = 1_500
                let id = try await bench.publish(
                    [
                        try RealLab.sample("many-cases", cases: many), try RealLab.sample("same-suite-twice"),
                        try RealLab.sample("two-suites"),
                    ]
                )
                let status = try await fleet.waitUntilFinished(id)
                #expect(status.verdict == .failed)
                let jobs = try await fleet.store.jobs(of: id)
                // LAVA's own suite does not count.
                #expect(jobs.map(\.tests.pass) == [many, 6, 4])
                #expect(jobs.map(\.tests.fail) == [0, 1, 2])

                let first = try await fleet.store.results(of: id, ResultFilter(position: 0))
                #expect(first.count == many)
                #expect(Set(first.map(\.name)).count == many)
                let isMeasured = first.allSatisfy { $0.status == .pass && $0.measurement != nil && $0.units == "ms" }
                #expect(isMeasured)

                // The same cases twice, one of which failed once.
                let second = try await fleet.store.results(of: id, ResultFilter(position: 1))
                let twice = Dictionary(grouping: second, by: \.name)
                #expect(twice.mapValues(\.count) == ["case_1": 2, "case_2": 2, "case_3": 2, "case_4": 1])
                #expect(Set(twice["case_1", default: []].map(\.status)) == [.pass, .fail])
                #expect(twice["case_1", default: []].map(\.measurement) == ["1.25", "1.25"])

                // The same names in two suites.
                let third = try await fleet.store.results(of: id, ResultFilter(position: 2))
                let suites = Dictionary(grouping: third, by: \.suite)
                #expect(suites.mapValues { $0.map(\.name) }.values.allSatisfy { $0 == ["case_1", "case_2", "case_3"] })
                #expect(suites.keys.sorted() == ["first", "second"])
                #expect(Set(third.map(\.suiteNumber)).count == 2)

                // Asked for, LAVA's own are there as well.
                let all = try await fleet.store.results(of: id, ResultFilter(position: 2, includesLavaSuite: true))
                #expect(all.contains { $0.suite == "lava" && $0.name == "job" })
                #expect(all.filter { $0.suite != "lava" } == third)
            }
        }

        @Test("A definition put in front of others changes the name of no other test, and fails nothing that passed")
        func place() async throws {
            try await RealLAVA.with { bench in
                let fleet = bench.fleet
                try fleet.startAll()
                let sample = try RealLab.sample("two-suites")
                let actions = try #require(sample.firstRange(of: "actions:\n")?.upperBound)
                let second = try #require(sample[actions...].ranges(of: "- deploy:").last?.lowerBound)
                let front = sample[second...].replacing("name: second", with: "name: extra")
                let first = try await bench.publish([sample], version: "1")
                _ = try await fleet.waitUntilFinished(first)
                let later = try await bench.publish(
                    [sample[..<actions] + front + "\n" + sample[actions...]].map { String($0) },
                    version: "2"
                )
                _ = try await fleet.waitUntilFinished(later)
                try await fleet.waitForReport(of: later)
                let report = try await fleet.report(of: later)
                #expect(report.suites == ["extra", "first", "second"])
                #expect(report.tests("new_failures") == ["extra/case_1"])
                #expect(report.tests("regressions").isEmpty && report.tests("vanished").isEmpty)
                #expect(report.tests("fixes").isEmpty)
                #expect(Set(report.metrics.filter { $0.hasBefore }.map { $0.suite }) == ["first", "second"])
            }
        }
    }
}
