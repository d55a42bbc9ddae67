// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet

/// Options that select jobsets.
struct JobsetConditions: ParsableArguments {
    @Option(help: "Only jobsets of this group.")
    var group: String?

    @Option(help: "Only jobsets of this project.")
    var project: String?

    @Option(
        help: ArgumentHelp("Only jobsets of this version, or of this build: group/project/version.", valueName: "build")
    )
    var build: String?

    @Option(help: ArgumentHelp("Only jobsets with this verdict.", valueName: "verdict"))
    var verdict: Verdict?

    @Option(
        help: ArgumentHelp(
            "Only jobsets with a job for this lab; `bulk` then changes only these jobs.",
            valueName: "name"
        ),
        completion: .backends
    )
    var backend: String?

    @Option(
        help: ArgumentHelp(
            "Only jobsets with a job of this environment; `bulk` then changes only these jobs.",
            valueName: "name"
        )
    )
    var environment: String?

    @Option(help: ArgumentHelp("Only jobsets with this label; repeatable.", valueName: "name=value"))
    var label: [LabelCondition] = []

    @Option(
        name: [.customLong("since"), .customLong("created-after")],
        help: ArgumentHelp(
            "Only jobsets accepted at or after this time, such as 2026-11-26T12:00:00Z, or this long ago, such as 90m, 12h or 7d.",
            valueName: "time"
        )
    )
    var createdAfter: Time?

    @Option(
        name: [.customLong("until"), .customLong("created-before")],
        help: ArgumentHelp("Only jobsets accepted before this time.", valueName: "time")
    )
    var createdBefore: Time?

    func validate() throws {
        for (option, name) in [("--group", group), ("--project", project)] where name?.contains("/") == true {
            throw ValidationError("\(option) is a name without a slash: use --group and --project, or --build.")
        }
        guard let build, build.contains("/") else { return }
        guard Build(named: build) != nil else {
            throw ValidationError("--build is a version, or group/project/version.")
        }
        guard group == nil, project == nil else {
            throw ValidationError("--build group/project/version excludes --group and --project.")
        }
    }

    /// The filter that they describe.
    func filter(limit: Int) -> JobsetFilter {
        var filter = JobsetFilter(group: group, project: project, limit: limit)
        (filter.version, filter.verdict) = (build, verdict)
        if let build = build.flatMap(Build.init(named:)) {
            (filter.group, filter.project, filter.version) = (build.group, build.project, build.version)
        }
        (filter.backend, filter.environment) = (backend, environment)
        filter.labels = Dictionary(label.map { ($0.name, $0.value) }) { $1 }
        (filter.createdAfter, filter.createdBefore) = (createdAfter?.date, createdBefore?.date)
        return filter
    }
}
