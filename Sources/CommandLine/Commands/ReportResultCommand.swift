// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import Foundation

/// `muster report-result`.
struct ReportResultCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report-result",
        abstract: "Report the result of a job that somebody else has run.",
        usage:
            "muster report-result <jobset> <position> [--outcome <outcome>] [--junit <file> | --ktap <file> | --tests <file>]",
        discussion: """
            For jobs of labs of type external. A job with failing tests is complete; incomplete means that it could \
            not run properly. Reporting the same result again is harmless; another result of the same attempt is \
            refused.

            EXAMPLES
              muster report-result ID 3 --junit results.xml --url https://ci.example.com/run/17
              muster report-result ID 3 --outcome incomplete --reason "no space left" --infrastructure
            """
    )

    @Argument(help: JobsetReference.help, completion: .jobsets)
    var jobset: JobsetReference

    @Argument(help: ArgumentHelp("The job's position in the document, from 0, as `muster jobs` lists it."))
    var position: Int

    @Option(help: ArgumentHelp("How it ended: complete, incomplete or canceled.", valueName: "outcome"))
    var outcome = ReportedOutcome.complete

    @Option(help: ArgumentHelp("Why it did not complete.", valueName: "text"))
    var reason: String?

    @Option(help: ArgumentHelp("A page about the run.", valueName: "url"))
    var url: String?

    @Option(help: ArgumentHelp("JUnit XML with its tests; - is standard input.", valueName: "file"))
    var junit: String?

    @Option(help: ArgumentHelp("KTAP or TAP with its tests; - is standard input.", valueName: "file"))
    var ktap: String?

    @Option(help: ArgumentHelp("A JSON list of its tests; - is standard input.", valueName: "file"))
    var tests: String?

    @Option(
        help: ArgumentHelp("The attempt that the result belongs to. (default: the current one)", valueName: "number")
    )
    var attempt: Int?

    @Flag(help: "The reason has nothing to do with the build, so the job can be tried again.")
    var infrastructure = false

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func validate() throws {
        if position < 0 { throw ValidationError("A job's position is a number from 0.") }
        if let attempt, attempt < 1 { throw ValidationError("An attempt is a number from 1.") }
        guard [junit, ktap, tests].compactMap(\.self).count <= 1 else {
            throw ValidationError("--junit, --ktap and --tests exclude each other.")
        }
        if infrastructure, outcome != .incomplete {
            throw ValidationError("--infrastructure is only for --outcome incomplete.")
        }
    }

    func run() async throws {
        let body = try report()
        let receipt = try await options.connected(to: jobset) { fleet, id in
            let job = try await fleet.job(position, of: id)
            return try await fleet.reportResult(body, ofJob: job.id)
        }
        if receipt.isRepeat { StandardStream.error.line("the same result was reported before") }
        try answer.show(Self.facts(receipt), receipt)
    }

    /// The report as one JSON object.
    private func report() throws -> [UInt8] {
        var members = [JSONParts.member("outcome", JSONParts.string(outcome.rawValue))]
        if let reason { members.append(JSONParts.member("reason", JSONParts.string(reason))) }
        if let url { members.append(JSONParts.member("url", JSONParts.string(url))) }
        if let attempt { members.append(JSONParts.member("attempt", Array("\(attempt)".utf8))) }
        if infrastructure { members.append(JSONParts.member("infrastructure", Array("true".utf8))) }
        if let tests { members.append(JSONParts.member("tests", try ResultFile.bytes(of: tests))) }
        for (key, file) in [("junit", junit), ("ktap", ktap)] {
            guard let file else { continue }
            guard let text = String(validating: try ResultFile.bytes(of: file), as: UTF8.self) else {
                throw CommandFailure(.usage, "\(file) is not UTF-8")
            }
            members.append(JSONParts.member(key, JSONParts.string(text)))
        }
        return JSONParts.object(members)
    }

    static func facts(_ receipt: Receipt) -> Facts {
        Facts(pairs: [
            ("jobset", receipt.jobset.text), ("job", "\(receipt.position)"), ("attempt", "\(receipt.attempt)"),
        ])
    }
}

extension ReportedOutcome: ExpressibleByArgument {}

/// A file of results.
private enum ResultFile {
    /// The largest that is read, in bytes.
    static let maximumBytes = 64 << 20

    /// Its bytes, or those of standard input.
    ///
    /// - Throws: ``CommandFailure``.
    static func bytes(of path: String) throws -> [UInt8] {
        let handle: FileHandle
        if path == "-" {
            handle = .standardInput
        } else if let file = FileHandle(forReadingAtPath: path) {
            handle = file
        } else {
            throw CommandFailure(.usage, "\(path) can't be read")
        }
        var bytes: [UInt8] = []
        while let part = try handle.read(upToCount: 1 << 20), !part.isEmpty {
            bytes += part
            guard bytes.count <= maximumBytes else {
                throw CommandFailure(.usage, "\(path) has more than \(maximumBytes) bytes")
            }
        }
        return bytes
    }
}
