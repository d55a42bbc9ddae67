// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import Foundation

/// `muster status`.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show the state of a jobset.",
        discussion: "The exit status is 0 whatever the verdict; that of `muster wait` shows the verdict."
    )

    @Argument(help: JobsetReference.help, completion: .jobsets)
    var jobset: JobsetReference

    @Flag(help: "Print the address of the jobset's page, and open it in a browser.")
    var web = false

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        guard !web else {
            return try WebPage.open(try await options.connected(to: jobset) { fleet, id in fleet.page(of: id) })
        }
        let jobset = try await options.connected(to: jobset) { try await $0.jobset($1) }
        try answer.show(Self.facts(jobset, on: .output), jobset)
    }

    /// What is known of a jobset, for people.
    static func facts(_ jobset: Jobset, on terminal: Terminal, now: Date = .now) -> Facts {
        func time(_ date: Date) -> String { Age.told(date, on: terminal, now: now) }
        let labels = jobset.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let waits: [(name: String, value: String?)] = (jobset.waits ?? []).map { ("waits", $0.line) }
        let pairs: [(name: String, value: String?)] = [
            ("jobset", jobset.id.text),
            ("build", jobset.build),
            ("state", state(jobset)),
            ("verdict", jobset.verdict.map { _ in jobset.verdictWords.line }),
            ("generation", jobset.generation == 1 ? nil : "\(jobset.generation)"),
            ("jobs", VerdictLine.jobs(jobset)),
            ("declared", declared(jobset.declaredTotal, has: jobset.total)),
            ("sealed", jobset.sealedReason),
            ("pending", jobset.state == .running ? "\(jobset.pending)" : nil),
            ("tests", VerdictLine.tests(jobset)),
            ("callback", jobset.callbackURL?.masked),
            ("labels", labels.isEmpty ? nil : labels.joined(separator: " ")),
            ("baseline", jobset.baseline?.description),
            ("failures", failures(jobset)),
            ("priority", jobset.priority == JobsetDocument.defaultPriority ? nil : "\(jobset.priority)"),
            ("retries", jobset.retries == 0 ? nil : "up to \(jobset.retries) a job"),
            ("deadline", deadline(jobset, time)),
            ("canceled", jobset.canceledAt.map { canceled(jobset, at: time($0)) }),
            ("trace", jobset.traceparent.flatMap(TraceParent.init)?.trace.description),
            ("created", time(jobset.createdAt)),
            ("finished", jobset.finishedAt.map(time)),
            ("kept", jobset.isKept == true ? "yes" : nil),
            ("removed", removed(jobset)),
        ]
        return Facts(pairs: pairs + waits)
    }

    /// What of it is not kept any longer.
    private static func removed(_ jobset: Jobset) -> String? {
        let parts = [
            ("results", jobset.resultsRemovedAt), ("definitions", jobset.definitionsRemovedAt),
            ("reports", jobset.reportsRemovedAt),
        ].compactMap { $0.1 == nil ? nil : $0.0 }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    /// Where it is on its way, and whether jobs may still be added.
    static func state(_ jobset: Jobset) -> String {
        jobset.state == .running && !jobset.isSealed ? "running, open" : jobset.state.rawValue
    }

    /// How many jobs it was declared to have; nil where that was not declared.
    static func declared(_ declared: Int?, has total: Int) -> String? {
        declared.map { declared in
            let missing = declared - total
            return missing > 0
                ? "\(VerdictLine.jobs(declared)), \(missing) still to be added" : VerdictLine.jobs(declared)
        }
    }

    /// How many jobs have failed, of how many that may.
    static func failures(_ jobset: Jobset) -> String? {
        guard let limit = jobset.maxFailures else { return jobset.failures == 0 ? nil : "\(jobset.failures)" }
        return "\(jobset.failures), the rest is canceled after more than \(limit)"
    }

    private static func deadline(_ jobset: Jobset, _ time: (Date) -> String) -> String? {
        if let passed = jobset.deadlinePassedAt { return "passed \(time(passed))" }
        return jobset.deadline.map(time)
    }

    private static func canceled(_ jobset: Jobset, at time: String) -> String {
        jobset.canceledReason.map { "\(time): \($0)" } ?? time
    }
}
