// SPDX-License-Identifier: Apache-2.0

/// How the test cases of two finished jobsets differ.
package struct TestComparison: Sendable, Equatable {
    /// In which way a test has changed.
    package enum Kind: String, Sendable, CaseIterable {
        /// It passed before and fails now.
        case regression
        /// It fails now, and neither passed nor failed before.
        case newFailure = "new_failure"
        /// It failed before and passes now.
        case fix
        /// It was there before and is not now, in an environment that both have.
        case vanished
        /// It fails in both.
        case stillFailing = "still_failing"
        /// Not a test: a suite of which no test is there any more.
        case missingSuite = "missing_suite"
    }

    /// The first of each kind, by environment, suite and name.
    package var tests: [Kind: [ComparedTest]] = [:]
    /// How many there are of each kind.
    package var totals: [Kind: Int] = [:]
    /// The first of the suites of which no test is there any more.
    package var missingSuites: [MissingSuite] = []
    /// The measurements that changed most, the most first.
    package var metrics: [ComparedMeasurement] = []
    /// How many measurements there are.
    package var metricTotal = 0

    /// Nothing, to which comparisons of some environments are added.
    package init() {}
}

/// The suite of a job that something compared belongs to.
package protocol ComparedPlace {
    /// The environment of its job.
    var environment: String { get }
    /// Its job's name now, or before where there is none now.
    var jobName: String? { get }
    var suite: String { get }
    /// Which run of the suite within its lab job, from 1.
    var suiteRun: Int { get }
    /// The lab job's part in a multinode group.
    var role: String? { get }
}

/// A test as it was before and is now; of several jobs of an environment that ran it, the worst counts.
package struct ComparedTest: ComparedPlace, Sendable, Equatable, Decodable {
    package var environment: String
    package var jobName: String?
    package var suite: String
    package var suiteRun = 1
    package var role: String?
    /// The test case's name.
    package var name: String
    /// What it said before; `nil` where it was not there.
    package var before: ResultStatus?
    /// What it says now; `nil` where it is not there.
    package var after: ResultStatus?
    /// Whether a job that ran it, or, of a test that has vanished, one that could have, did not complete.
    package var isJobIncomplete = false
    /// The lab of the lab job that it is from now.
    package var backend: String?
    /// LAVA's number of that.
    package var labJob: Int?
    /// Where it begins in that lab job's log.
    package var startLogLine: Int?
    /// The lab job's page, at its place in the log where that is known.
    package var url: String?
}

/// A suite that a job brought before and, in an environment that both have, brings no more.
package struct MissingSuite: ComparedPlace, Sendable, Equatable, Decodable {
    package var environment: String
    package var jobName: String?
    package var suite: String
    package var suiteRun = 1
    package var role: String?
    /// How many tests it had.
    package var tests: Double

    enum CodingKeys: String, CodingKey {
        case environment, jobName, suite, suiteRun, role
        case tests = "before_value"
    }
}

/// A measurement as it was before and is now; of several jobs of an environment, the mean.
package struct ComparedMeasurement: ComparedPlace, Sendable, Equatable, Decodable {
    package var environment: String
    package var jobName: String?
    package var suite: String
    package var suiteRun = 1
    package var role: String?
    /// The test case's name.
    package var name: String
    package var units: String?
    /// What it was.
    package var before: Double?
    package var after: Double

    enum CodingKeys: String, CodingKey {
        case environment, jobName, suite, suiteRun, role, name, units
        case before = "before_value"
        case after = "after_value"
    }

    /// By how much it has changed, in percent of what it was; `nil` where it was nothing or zero.
    package var changePercent: Double? {
        guard let before, before != 0, before.isFinite, after.isFinite else { return nil }
        let percent = (after - before) / abs(before) * 100
        return percent.isFinite ? percent : nil
    }
}

extension TestComparison {
    /// Adds the comparison of other environments; the lists stay in their order and within their limits.
    ///
    /// - Parameters:
    ///   - limit: The most tests of each kind.
    ///   - metricLimit: The most measurements.
    package mutating func add(_ other: TestComparison, limit: Int, metricLimit: Int) {
        for (kind, total) in other.totals { totals[kind, default: 0] += total }
        for (kind, results) in other.tests {
            let all = (tests[kind] ?? []) + results
            tests[kind] = Array(all.sorted { $0.place.precedes($1.place) }.prefix(limit))
        }
        missingSuites = Array(
            (missingSuites + other.missingSuites).sorted { $0.place.precedes($1.place) }.prefix(limit)
        )
        metricTotal += other.metricTotal
        metrics = Array((metrics + other.metrics).sorted(by: Self.comesFirst).prefix(metricLimit))
    }

    /// What has changed most comes first, what was nothing or zero last.
    private static func comesFirst(_ left: ComparedMeasurement, _ right: ComparedMeasurement) -> Bool {
        switch (left.change, right.change) {
        case (let one?, let other?) where one != other: one > other
        case (nil, _?): false
        case (_?, nil): true
        default: left.place.precedes(right.place)
        }
    }
}

/// Where a test stands in a list, as the database orders it.
private struct TestPlace {
    let environment: String
    let job: String
    let suite: String
    let suiteRun: Int
    let role: String
    let name: String

    /// By bytes, which is what the database's collation "C" does.
    func precedes(_ other: TestPlace) -> Bool {
        if environment != other.environment { return Self.precedes(environment, other.environment) }
        if job != other.job { return Self.precedes(job, other.job) }
        if suite != other.suite { return Self.precedes(suite, other.suite) }
        if suiteRun != other.suiteRun { return suiteRun < other.suiteRun }
        if role != other.role { return Self.precedes(role, other.role) }
        return Self.precedes(name, other.name)
    }

    private static func precedes(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }
}

extension ComparedPlace {
    fileprivate func place(named name: String) -> TestPlace {
        TestPlace(
            environment: environment,
            job: jobName ?? "",
            suite: suite,
            suiteRun: suiteRun,
            role: role ?? "",
            name: name
        )
    }
}

extension ComparedTest {
    fileprivate var place: TestPlace { place(named: name) }
}

extension ComparedMeasurement {
    fileprivate var place: TestPlace { place(named: name) }

    fileprivate var change: Double? { before.flatMap { $0 == 0 ? nil : abs((after - $0) / $0) } }
}

extension MissingSuite {
    fileprivate var place: TestPlace { place(named: "") }
}
