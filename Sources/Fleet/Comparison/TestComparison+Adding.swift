// SPDX-License-Identifier: Apache-2.0

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
