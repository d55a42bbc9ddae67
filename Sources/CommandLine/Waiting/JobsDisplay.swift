// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation

/// Shows the jobs of a jobset on standard error: a table that is drawn again on a terminal, elsewhere a line for each job that
/// fails. Jobs are only asked for when the jobset has changed.
struct JobsDisplay: WaitDisplay {
    let id: UUID

    private var progress = ProgressDisplay()
    private var screen = RedrawnLines()
    private var last: Jobset?
    /// Those of the table.
    private var jobs: [Job] = []
    /// The failed jobs that were reported.
    private var reported: Set<Int> = []

    /// How many failed jobs are asked for at once.
    private static let page = 1_000

    init(id: UUID) { self.id = id }

    mutating func show(_ jobset: Jobset, through watch: any JobsetWatch, elapsed: Duration) async throws {
        let terminal = Terminal.error
        guard terminal.isTerminal else {
            progress.show(jobset, elapsed: elapsed)
            if jobset != last { try await reportFailures(through: watch) }
            last = jobset
            return
        }
        // The bar, the head of the table, the line about the rest, and one for the cursor.
        let room = max(1, (terminal.height ?? 24) - 4)
        if jobset != last || jobs.count > room { jobs = try await chosen(room, through: watch) }
        last = jobset
        if progress.tell(jobset.waits ?? []) { screen.forget() }
        let bar = ProgressBar(status: jobset, elapsed: elapsed, pace: JobsetPace(jobset, now: .now)).line(on: terminal)
        let rest = jobset.total - jobs.count
        screen.draw(
            [bar] + (jobs.isEmpty ? [] : JobsCommand.table(jobs).lines(on: terminal))
                + (rest > 0 ? ["and \(rest) more: `muster jobs \(id.text.prefix(8))`"] : []),
            on: terminal
        )
    }

    /// The jobs that matter most: those in a lab and those that failed, half of the room each if there are so many; then those that
    /// are waiting, and the others.
    private func chosen(_ room: Int, through watch: any JobsetWatch) async throws -> [Job] {
        var (inLab, failed, waiting) = (JobFilter(), JobFilter(), JobFilter())
        inLab.state = .submitted
        failed.hasFailed = true
        waiting.state = .waiting
        let running = try await watch.jobs(inLab, from: 0, limit: room)
        let broken = try await watch.jobs(failed, from: 0, limit: room)
        var chosen = Array(running.prefix(room - min(broken.count, room / 2)))
        chosen += broken.prefix(room - chosen.count)
        for filter in [waiting, JobFilter()] where chosen.count < room {
            let found = try await watch.jobs(filter, from: 0, limit: room)
            chosen += found.filter { job in !chosen.contains { $0.position == job.position } }.prefix(
                room - chosen.count
            )
        }
        return chosen
    }

    private mutating func reportFailures(through watch: any JobsetWatch) async throws {
        var filter = JobFilter()
        filter.hasFailed = true
        var from = 0
        while true {
            let failed = try await watch.jobs(filter, from: from, limit: Self.page)
            for job in failed where reported.insert(job.position).inserted { progress.say(Self.line(of: job)) }
            guard failed.count == Self.page, let last = failed.last else { return }
            from = last.position + 1
        }
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

    /// Draws the lines in place of those before; as many as the terminal has room for, none wider than it.
    mutating func draw(_ lines: [String], on terminal: Terminal) {
        let shown = lines.prefix(max(1, (terminal.height ?? 24) - 1)).map { line in
            // A line with colours was made to fit.
            line.contains("\u{1B}") ? line : CellWidth.cut(line, to: terminal.width ?? 80, on: terminal)
        }
        let up = count == 0 ? "" : "\u{1B}[\(count)A"
        // Each line to its end, and then what is left of more lines: a terminal that is cleared as a whole keeps what was there in
        // its history.
        StandardStream.error.write("\r" + up + shown.map { $0 + "\u{1B}[K\n" }.joined() + "\u{1B}[J")
        count = shown.count
    }

    /// What follows begins below.
    mutating func forget() { count = 0 }
}
