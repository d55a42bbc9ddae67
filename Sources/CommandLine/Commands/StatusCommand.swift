// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
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
            ("state", status.state.rawValue),
            ("verdict", status.verdict?.rawValue),
            ("jobs", VerdictLine.jobs(status)),
            ("pending", status.state == .running ? "\(status.pending)" : nil),
            ("tests", VerdictLine.tests(status)),
            ("callback", status.callbackURL.map(WebAddress.shown)),
            ("labels", labels.isEmpty ? nil : labels.joined(separator: " ")),
            ("retries", status.retries == 0 ? nil : "up to \(status.retries) a job"),
            ("canceled", status.canceledAt.map { canceled(status, at: time($0)) }),
            ("created", time(status.createdAt)),
            ("finished", status.finishedAt.map(time)),
        ])
    }

    private static func canceled(_ status: JobsetStatus, at time: String) -> String {
        status.canceledReason.map { "\(time): \($0)" } ?? time
    }
}
