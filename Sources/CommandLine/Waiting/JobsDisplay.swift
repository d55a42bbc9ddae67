// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation

/// Shows the jobs of a jobset on standard error: a table that is drawn again on a terminal, elsewhere a line for each that fails.
struct JobsDisplay: WaitDisplay {
    let fleet: any FleetConnection
    let id: UUID

    private var progress = ProgressDisplay()
    private var screen = RedrawnLines()
    /// The failed jobs that have been told.
    private var told: Set<Int> = []

    /// How many failed jobs are told at once where there is no terminal; the others follow with the next look.
    private static let mostAtOnce = 1_000

    init(fleet: any FleetConnection, id: UUID) {
        (self.fleet, self.id) = (fleet, id)
    }

    mutating func show(_ jobset: Jobset, elapsed: Duration) async throws {
        let terminal = Terminal.error
        guard terminal.isTerminal else {
            progress.show(jobset, elapsed: elapsed)
            return try await tellFailures()
        }
        // The bar, the head of the table, the line about the rest, and one for the cursor.
        let room = max(3, (terminal.height ?? 24) - 4)
        let jobs = try await chosen(room)
        let bar = ProgressBar(status: jobset, elapsed: elapsed, pace: JobsetPace(jobset, now: .now)).line(on: terminal)
        let rest = jobset.total - jobs.count
        screen.draw(
            [bar] + (jobs.isEmpty ? [] : JobsCommand.table(jobs).lines(on: terminal))
                + (rest > 0 ? ["and \(rest) more: `muster jobs \(id.text)`"] : [])
        )
    }

    /// The jobs that matter most: those in a lab, those that failed, those that are waiting, and then the others.
    private func chosen(_ room: Int) async throws -> [Job] {
        var (inLab, failed, waiting) = (JobFilter(), JobFilter(), JobFilter())
        inLab.state = .submitted
        failed.hasFailed = true
        waiting.state = .waiting
        var chosen: [Job] = []
        for filter in [inLab, failed, waiting, JobFilter()] where chosen.count < room {
            let found = try await fleet.jobs(of: id, filter, from: 0, limit: room).jobs
            chosen += found.filter { job in !chosen.contains { $0.position == job.position } }
        }
        return Array(chosen.prefix(room))
    }

    private mutating func tellFailures() async throws {
        var filter = JobFilter()
        filter.hasFailed = true
        let failed = try await fleet.jobs(of: id, filter, from: 0, limit: Self.mostAtOnce).jobs
        for job in failed where told.insert(job.position).inserted { progress.say(Self.line(of: job)) }
    }

    /// What is said of a job that failed: `job 17 (qemu-arm64, boot) incomplete: bootloader timed out`.
    static func line(of job: Job) -> String {
        let name = [job.environment, job.name].compactMap(\.self).joined(separator: ", ")
        let tests = job.tests.fail == 0 ? nil : "\(job.tests.fail) failed \(job.tests.fail == 1 ? "test" : "tests")"
        let why = [tests, job.reason].compactMap(\.self).joined(separator: "; ")
        return "job \(job.position) (\(name)) \(JobsCommand.state(of: job))" + (why.isEmpty ? "" : ": \(why)")
    }

    mutating func say(_ text: String) {
        screen.forget()
        progress.say(text)
    }

    mutating func close() { progress.close() }
}

/// Lines on standard error that are written again in the same place.
private struct RedrawnLines {
    private var count = 0

    mutating func draw(_ lines: [String]) {
        let up = count == 0 ? "" : "\u{1B}[\(count)A"
        // To the end of the screen first, since there may be fewer lines than before.
        StandardStream.error.write("\r" + up + "\u{1B}[J" + lines.joined(separator: "\n") + "\n")
        count = lines.count
    }

    /// What follows begins below.
    mutating func forget() { count = 0 }
}
