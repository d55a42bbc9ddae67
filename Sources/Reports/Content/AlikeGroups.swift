// SPDX-License-Identifier: Apache-2.0

import Fleet

/// Entries of a list that say the same, told together once there are enough of them.
struct AlikeGroups<Entry, Key: Hashable> {
    /// Those of at least ``least`` entries, the largest first.
    let groups: [(key: Key, entries: [Entry])]
    /// The other entries, in their order.
    let rest: [Entry]

    /// How many entries make a group.
    static var least: Int { 4 }

    init(_ entries: [Entry], by key: (Entry) -> Key) {
        var order: [Key] = []
        var groups: [Key: [Entry]] = [:]
        for entry in entries {
            let key = key(entry)
            if groups[key] == nil { order.append(key) }
            groups[key, default: []].append(entry)
        }
        let large = order.filter { (groups[$0]?.count ?? 0) >= Self.least }
        self.groups = large.map { ($0, groups[$0] ?? []) }
            .enumerated().sorted { (-$0.element.1.count, $0.offset) < (-$1.element.1.count, $1.offset) }
            .map { (key: $0.element.0, entries: $0.element.1) }
        let told = Set(large)
        rest = entries.filter { !told.contains(key($0)) }
    }
}

/// How a job ended, and why: what many jobs may have in common.
struct JobEnding: Hashable {
    let outcome: JobOutcome?
    let reason: String?

    init(_ job: Job) {
        outcome = job.outcome
        reason = job.reason
    }
}

/// A test and what became of it, whatever the job: what many boards may have in common.
struct ListedTest: Hashable {
    let suite: String
    let name: String
    let remark: String
}

/// A failed test case in a list: as a comparison or a job's results tell it.
struct FailureLine {
    /// Environment and job.
    let title: String
    let test: ListedTest
    /// Its place in the lab's log, or the lab job's page.
    let url: String?
    let environment: String
    /// How often it failed before.
    let earlier: EarlierRuns?

    init(_ test: ComparedTest, of report: FinishedJobsetReport, _ limits: ReportLimits) {
        environment = test.environment
        earlier = test.after == .fail ? report.earlier[test.environmentTest] : nil
        title = JobTitle.line(test.environment, test.jobName)
        self.test = ListedTest(
            suite: ComparisonWording.suite(
                test.suite,
                run: test.suiteRun,
                role: test.role,
                nameLength: limits.nameLength
            ),
            name: test.name,
            remark: ComparisonWording.change(of: test)
        )
        url = test.url
    }

    init(_ test: TestResult, of report: FinishedJobsetReport, _ limits: ReportLimits) {
        environment = test.environment
        earlier = report.earlier[test.environmentTest]
        title = JobTitle.line(test.environment, test.jobName)
        let measured = test.measurement.map { "\($0) \(test.units ?? "")" } ?? ""
        let job = test.isJobIncomplete ? "job not complete" : ""
        self.test = ListedTest(
            suite: ComparisonWording.suite(test.suite, role: test.role, nameLength: limits.nameLength),
            name: test.name,
            remark: [measured, job].filter { !$0.isEmpty }.joined(separator: ", ")
        )
        url = test.url
    }
}
