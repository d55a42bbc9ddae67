// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import Foundation

/// `muster audit`.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "List the changes requested over HTTP, the latest first.",
        discussion: """
            ACTOR is the token that requested the change, STATUS the gateway's answer, or `-` if the gateway ended \
            before it answered. Changes made on the fleet's own machines are not listed.

            EXAMPLES
              muster audit --jobset ID
              muster audit --actor ci --action cancel --limit 100
            """
    )

    @Option(help: ArgumentHelp("Only changes requested with the token of this name.", valueName: "name"))
    var actor: String?

    @Option(help: ArgumentHelp("Only this action, such as submit, cancel or \"create token\".", valueName: "action"))
    var action: String?

    @Option(help: ArgumentHelp("Only changes of this jobset.", valueName: "jobset"), completion: .jobsets)
    var jobset: JobsetReference?

    @Option(help: ArgumentHelp("Maximum number of rows.", valueName: "number"))
    var limit = CountLimit(20)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        var filter = AuditFilter()
        (filter.actor, filter.action) = (actor, action)
        let (wanted, limit) = (filter, limit.value)
        let changes = try await options.connected { fleet in
            var filter = wanted
            filter.jobset = try await jobset?.id(in: fleet)
            return try await fleet.audit(filter, limit: limit)
        }
        try answer.show(Self.table(changes), changes, orNothing: "no changes match")
    }

    /// The changes as a table.
    static func table(_ changes: [AuditedChange]) -> Table {
        Table(
            columns: [
                .init("TIME"), .init("ACTOR", canShrink: true), .init("FROM"), .init("ACTION"), .init("STATUS"),
                .init("PROJECT", canShrink: true), .init("JOBSET", canShrink: true), .init("DETAIL", canShrink: true),
            ],
            rows: changes.map { change in
                [
                    .time(change.at), .text(change.actor), .text(change.address), .text(change.action),
                    .text(change.status.map { "\($0)" }), .text(project(of: change)), .text(change.jobset?.text),
                    .text(detail(of: change)),
                ]
            }
        )
    }

    private static func project(of change: AuditedChange) -> String? {
        guard let group = change.group, let project = change.project else { return nil }
        return "\(group)/\(project)"
    }

    private static func detail(of change: AuditedChange) -> String? {
        guard !change.detail.isEmpty else { return nil }
        return change.detail.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    }
}
