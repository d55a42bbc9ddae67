// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import FleetRuntime
import Foundation

/// `muster compare`.
struct CompareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compare the tests of two finished jobsets of a project.",
        discussion: """
            Lists the tests that changed: regressions (passed before, fail now), new failures, fixes, and tests that \
            vanished. The first jobset is the new one. With --output json, the comparison also has the measurements.

            EXAMPLES
              muster compare kernel/next/v6.13@latest kernel/next/v6.12@latest
              muster compare 07dc5def c422c4be --environment qemu-arm64
            """
    )

    @Argument(help: JobsetReference.help, completion: .jobsets)
    var jobset: JobsetReference

    @Argument(help: ArgumentHelp("The jobset to compare it with.", valueName: "baseline"), completion: .jobsets)
    var baseline: JobsetReference

    @Option(help: ArgumentHelp("Only tests of this environment.", valueName: "name"))
    var environment: String?

    @Option(help: ArgumentHelp("Maximum number of tests to list.", valueName: "number"))
    var limit = CountLimit(100)

    @Flag(help: "End with status 1 if there is a regression or a new failure.")
    var exitStatus = false

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        let (environment, baseline) = (environment, baseline)
        let text = try await options.connected(to: jobset) { fleet, id in
            let other = try await baseline.id(in: fleet)
            try Self.requireOneProject(try await fleet.jobset(id), try await fleet.jobset(other))
            return try await fleet.comparison(of: id, with: other, environment: environment)
        }
        let comparison = try FleetJSON.decode(JobsetComparison.self, from: Array(text.utf8))
        if answer.output == .json {
            StandardStream.output.line(text.trimmingCharacters(in: .newlines))
        } else {
            show(comparison)
        }
        if exitStatus, comparison.isWorse { throw CommandFailure(.failed) }
    }

    private func show(_ comparison: JobsetComparison) {
        let terminal = Terminal.output
        let listed = comparison.changes.prefix(limit.value)
        var lines = comparison.facts.lines(on: terminal)
        if !listed.isEmpty { lines += [""] + Self.table(listed).lines(on: terminal) }
        for line in lines { StandardStream.output.line(line) }
        let rest = comparison.changeTotal - listed.count
        if rest > 0 { StandardStream.error.line("\(rest) more: raise --limit, or name one --environment") }
    }

    private static func requireOneProject(_ jobset: Jobset, _ other: Jobset) throws {
        func project(_ jobset: Jobset) -> String? { Build(jobset.build).map { "\($0.group)/\($0.project)" } }
        guard project(jobset) == project(other) else {
            throw CommandFailure(
                .usage,
                "\(other.build) is not of the project of \(jobset.build)",
                "  only jobsets of one project can be compared"
            )
        }
    }

    private static func table(_ changes: some Sequence<JobsetComparison.Change>) -> Table {
        Table(
            columns: [
                .init("CHANGE"), .init("ENVIRONMENT", canShrink: true), .init("SUITE", canShrink: true),
                .init("TEST", canShrink: true), .init("BEFORE"), .init("NOW"),
            ],
            rows: changes.map { change in
                let place = [change.test.environment, change.test.jobName].compactMap(\.self).joined(separator: ", ")
                return [
                    .text(change.kind), .text(place), .text(change.test.suite), .text(change.test.name),
                    .text(change.test.before), .text(change.test.after),
                ]
            }
        )
    }
}

/// What the API answers about two jobsets, as far as it is shown.
struct JobsetComparison: Decodable {
    struct Side: Decodable {
        let id: UUID
        let build: String
        let verdict: String
    }

    struct Test: Decodable {
        let environment: String
        let jobName: String?
        let suite: String
        let name: String
        let before: String?
        let after: String?
    }

    struct Tests: Decodable {
        let total: Int
        let tests: [Test]
    }

    struct Changes: Decodable {
        let regressions: Tests
        let newFailures: Tests
        let fixes: Tests
        let vanished: Tests
        let stillFailing: Int
        /// How many.
        let missingEnvironments: Int
    }

    /// A test that changed, and how.
    struct Change {
        let kind: String
        let test: Test
    }

    let jobset: Side
    let baseline: Side
    let comparison: Changes

    private var kinds: [(name: String, tests: Tests)] {
        [
            ("regression", comparison.regressions), ("new failure", comparison.newFailures), ("fix", comparison.fixes),
            ("vanished", comparison.vanished),
        ]
    }

    /// Whether something fails that did not fail before.
    var isWorse: Bool { comparison.regressions.total + comparison.newFailures.total > 0 }

    /// The tests that changed, the worst first.
    var changes: [Change] { kinds.flatMap { kind in kind.tests.tests.map { Change(kind: kind.name, test: $0) } } }

    /// How many tests have changed.
    var changeTotal: Int { kinds.reduce(0) { $0 + $1.tests.total } }

    /// Both jobsets, and how many tests changed in which way.
    var facts: Facts {
        func side(_ side: Side) -> String { "\(side.build) (\(side.id.text)), \(side.verdict)" }
        return Facts(pairs: [
            ("jobset", side(jobset)), ("baseline", side(baseline)),
            ("regressions", "\(comparison.regressions.total)"), ("new failures", "\(comparison.newFailures.total)"),
            ("fixes", "\(comparison.fixes.total)"), ("vanished", "\(comparison.vanished.total)"),
            ("still failing", "\(comparison.stillFailing)"),
            ("missing environments", comparison.missingEnvironments == 0 ? nil : "\(comparison.missingEnvironments)"),
        ])
    }
}
