// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet

/// Which jobsets are meant, wherever many can be.
struct JobsetConditions: ParsableArguments {
    @Option(help: "Only jobsets of this group.")
    var group: String?

    @Option(help: "Only jobsets of this project.")
    var project: String?

    @Option(help: ArgumentHelp("Only jobsets of this version.", valueName: "version"))
    var build: String?

    @Option(help: ArgumentHelp("Only jobsets with this verdict.", valueName: "verdict"))
    var verdict: Verdict?

    @Option(help: ArgumentHelp("Only jobsets with a job for this lab.", valueName: "name"), completion: .backends)
    var backend: String?

    @Option(help: ArgumentHelp("Only jobsets with a job of this environment.", valueName: "name"))
    var environment: String?

    @Option(help: ArgumentHelp("Only jobsets with this label; repeatable.", valueName: "name=value"))
    var label: [LabelCondition] = []

    @Option(
        name: [.customLong("since"), .customLong("created-after")],
        help: ArgumentHelp(
            "Only jobsets accepted since then: a time such as 2026-11-26T12:00:00Z, or how long ago, such as 90m, 12h or 7d.",
            valueName: "time"
        )
    )
    var createdAfter: Time?

    @Option(
        name: [.customLong("until"), .customLong("created-before")],
        help: ArgumentHelp("Only jobsets accepted before then.", valueName: "time")
    )
    var createdBefore: Time?

    /// Jobsets that are such.
    func filter(limit: Int) -> JobsetFilter {
        var filter = JobsetFilter(group: group, project: project, limit: limit)
        (filter.version, filter.verdict) = (build, verdict)
        (filter.backend, filter.environment) = (backend, environment)
        filter.labels = Dictionary(label.map { ($0.name, $0.value) }) { $1 }
        (filter.createdAfter, filter.createdBefore) = (createdAfter?.date, createdBefore?.date)
        return filter
    }
}
