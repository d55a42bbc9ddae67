// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import FleetObjects
import FleetStore
import Foundation

/// `muster status`.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show how a jobset stands.",
        discussion: "Exits with 0 whatever the verdict is; `muster wait` tells the verdict by its exit status."
    )

    @Argument(help: ArgumentHelp("The jobset.", valueName: "id"))
    var id: UUID

    @OptionGroup var fleet: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        let id = id
        let status = try await FleetAccess(fleet).withStore { store in
            guard let status = try await store.jobset(id: id) else { throw CommandFailure.noJobset(id) }
            return status
        }
        try answer.show(Self.facts(status, on: Terminal.output), JobsetObject(status))
    }

    /// What is known of a jobset, for people.
    static func facts(_ status: JobsetStatus, on terminal: Terminal, now: Date = .now) -> Facts {
        func time(_ date: Date) -> String { Age.told(date, on: terminal, now: now) }
        let labels = status.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return Facts(pairs: [
            ("jobset", status.id.text),
            ("build", status.build),
            ("state", state(status)),
            ("verdict", status.verdict?.rawValue),
            ("generation", status.generation == 1 ? nil : "\(status.generation)"),
            ("jobs", VerdictLine.jobs(status)),
            ("declared", declared(status)),
            ("sealed", status.sealedReason),
            ("pending", status.state == .running ? "\(status.pending)" : nil),
            ("tests", VerdictLine.tests(status)),
            ("callback", status.callbackURL.map(WebAddress.shown)),
            ("labels", labels.isEmpty ? nil : labels.joined(separator: " ")),
            ("baseline", status.baseline.map { "\($0)" }),
            ("failures", failures(status)),
            ("priority", status.priority == JobsetDocument.defaultPriority ? nil : "\(status.priority)"),
            ("retries", status.retries == 0 ? nil : "up to \(status.retries) a job"),
            ("deadline", deadline(status, time)),
            ("canceled", status.canceledAt.map { canceled(status, at: time($0)) }),
            ("created", time(status.createdAt)),
            ("finished", status.finishedAt.map(time)),
        ])
    }

    /// Where it is on its way, and whether jobs may still be added.
    static func state(_ status: JobsetStatus) -> String {
        status.state == .running && !status.isSealed ? "running, open" : status.state.rawValue
    }

    /// How many jobs it was declared to have; nil where that was not declared.
    static func declared(_ status: JobsetStatus) -> String? {
        status.declaredTotal.map { total in
            let missing = total - status.total
            return missing > 0 ? "\(VerdictLine.jobs(total)), \(missing) still to be added" : VerdictLine.jobs(total)
        }
    }

    /// How many jobs have failed, of how many that may.
    static func failures(_ status: JobsetStatus) -> String? {
        guard let limit = status.maxFailures else { return status.failures == 0 ? nil : "\(status.failures)" }
        return "\(status.failures), the rest is canceled beyond \(limit)"
    }

    private static func deadline(_ status: JobsetStatus, _ time: (Date) -> String) -> String? {
        if let passed = status.deadlinePassedAt { return "passed \(time(passed))" }
        return status.deadline.map(time)
    }

    private static func canceled(_ status: JobsetStatus, at time: String) -> String {
        status.canceledReason.map { "\(time): \($0)" } ?? time
    }
}
