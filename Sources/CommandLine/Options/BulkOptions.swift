// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import FleetStore

/// Which jobsets something is to be done to, and whether it is to be done or shown.
struct BulkOptions: ParsableArguments {
    @Option(help: "Only jobsets of this group.")
    var group: String?

    @Option(help: "Only jobsets of this project.")
    var project: String?

    @Option(help: ArgumentHelp("Only jobsets of this version.", valueName: "version"))
    var build: String?

    @Option(help: ArgumentHelp("Only jobsets with this verdict.", valueName: "verdict"))
    var verdict: Verdict?

    @Option(help: ArgumentHelp("Only jobs for this lab, and jobsets that have one.", valueName: "name"))
    var backend: String?

    @Option(help: ArgumentHelp("Only jobs of this environment, and jobsets that have one.", valueName: "name"))
    var environment: String?

    @Option(help: ArgumentHelp("Only jobsets with this label; repeatable.", valueName: "name=value"))
    var label: [LabelCondition] = []

    @Option(help: ArgumentHelp("Only jobsets accepted at or after this time.", valueName: "time"))
    var createdAfter: Time?

    @Option(help: ArgumentHelp("Only jobsets accepted before this time.", valueName: "time"))
    var createdBefore: Time?

    @Option(
        help: ArgumentHelp(
            "Only jobs with this text in their reason, or deliveries with it in their last error.",
            valueName: "text"
        )
    )
    var reasonContains: String?

    @Option(help: ArgumentHelp("Maximum number of jobsets.", valueName: "number"))
    var limit = CountLimit(100)

    @Flag(help: "Do it. Without this option, the command only shows what it would do.")
    var yes = false

    /// What is to be done to the jobsets beyond a place.
    func request(_ action: BulkAction, after place: JobsetPlace?, limit: Int) -> BulkRequest {
        var filter = JobsetFilter(group: group, project: project, limit: limit)
        (filter.version, filter.verdict) = (build, verdict)
        (filter.backend, filter.environment) = (backend, environment)
        filter.labels = Dictionary(label.map { ($0.name, $0.value) }) { $1 }
        (filter.createdAfter, filter.createdBefore) = (createdAfter?.date, createdBefore?.date)
        filter.after = place
        return BulkRequest(action, filter, reason: reasonContains)
    }

    mutating func validate() throws {
        if request(.cancel, after: nil, limit: 1).isForEverything {
            throw ValidationError("Say which jobsets, for example with --project or --created-after.")
        }
    }

    /// Asks for it, a page of jobsets after the other, up to the limit.
    func run(_ action: BulkAction, reason: String? = nil, in fleet: any FleetConnection) async throws -> BulkOutcome {
        var whole: BulkOutcome?
        while true {
            let place = whole?.nextCursor.flatMap { Cursor($0, parts: 2) }.flatMap { JobsetPlace($0) }
            let rest = limit.value - (whole?.items.count ?? 0)
            let page = try await fleet.bulk(
                request(action, after: place, limit: min(rest, BulkRequest.maximumLimit)),
                isPreview: !yes,
                reason: reason
            )
            let outcome = whole.map { $0.followed(by: page) } ?? page
            guard page.nextCursor != nil, !page.items.isEmpty, outcome.items.count < limit.value else { return outcome }
            whole = outcome
        }
    }
}
