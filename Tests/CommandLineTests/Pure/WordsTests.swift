// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetRuntime
import FleetStore
import Foundation
import Labs
import Testing
import YAML

@testable import CommandLine
@testable import DirectCommands
@testable import JobFiles

@Suite("Words")
struct WordsTests {
    @Test("A refused document has one line a fault, with its place")
    func refusal() {
        let problem = Problem.invalidDocument([
            Fault(pointer: "/jobs/3/backend", value: "lab-z", reason: "is no backend; known are lab-a, lab-b"),
            Fault(pointer: "/build", reason: "is missing\u{1B}[2J"),
        ])
        let failure = SubmissionWords.refusal(problem)
        #expect(failure.status == .usage)
        #expect(failure.lines[1] == "  /jobs/3/backend: is no backend; known are lab-a, lab-b (found \"lab-z\")")
        #expect(failure.lines[2] == "  /build: is missing\u{FFFD}[2J")
    }

    @Test("Silence names the queue, the likely cause and the next step")
    func silence() {
        let nobody = SubmissionWords.silence(
            IngestSilence(queue: "muster.jobsets", consumers: 0, after: Seconds(whole: 30)),
            id: nil
        )
        #expect(nobody.status == .unreachable)
        #expect(
            nobody.lines.joined(separator: "\n").contains(
                "no worker receives from the queue muster.jobsets: start muster-ingest"
            )
        )
        #expect(nobody.lines.joined().contains("submit the same document again"))
        let busy = SubmissionWords.silence(
            IngestSilence(queue: "q", consumers: 2, after: Seconds(whole: 1)),
            id: Samples.id
        )
        #expect(busy.lines.joined().contains("see the log of muster-ingest"))
        #expect(busy.lines.joined().contains("muster status 6f1c0000-0000-4000-8000-00000000002a"))
    }

    @Test("Status shows what is known, without the secrets of a callback's address")
    func status() {
        let terminal = Terminal(isTerminal: true, width: 80, hasColour: false, hasUnicode: true)
        let text = StatusCommand.facts(Samples.jobset(), on: terminal).lines(on: terminal).joined(separator: "\n")
        #expect(text.contains("build     /kernel/next/next-20261123"))
        #expect(text.contains("jobs      6 jobs (3 complete, 1 rejected, 1 in lab, 1 waiting)"))
        #expect(text.contains("callback  https://ci.example.com/done?…"))
        #expect(!text.contains("hunter2"))
    }

    @Test("Status shows what of a jobset's life is out of the ordinary, and nothing where all is ordinary")
    func life() {
        let plain = StatusCommand.facts(Samples.jobset(), on: .plain).lines(on: .plain).joined(separator: "\n")
        for name in ["declared", "sealed", "priority", "deadline", "failures", "generation"] {
            #expect(!plain.contains("\(name)\t"))
        }
        let open = Samples.jobset(
            priority: 90,
            isSealed: false,
            declaredTotal: 10,
            failures: 2,
            maxFailures: .percent(10),
            deadline: Samples.created,
            generation: 2
        )
        let lines = StatusCommand.facts(open, on: .plain).lines(on: .plain)
        #expect(lines.contains("state\trunning, open"))
        #expect(lines.contains("generation\t2"))
        #expect(lines.contains("declared\t10 jobs, 4 still to be added"))
        #expect(lines.contains("priority\t90"))
        #expect(lines.contains("failures\t2, the rest is canceled after more than 10%"))
        #expect(lines.contains("deadline\t2026-11-18T11:06:40Z"))
        let forgotten = Samples.jobset(sealedReason: "left open", deadlinePassedAt: Samples.created)
        let told = StatusCommand.facts(forgotten, on: .plain).lines(on: .plain)
        #expect(told.contains("sealed\tleft open"))
        #expect(told.contains("deadline\tpassed 2026-11-18T11:06:40Z"))
        let list = ListCommand.table([open, Samples.jobset(isSealed: false), forgotten]).lines(on: .plain)
        #expect(list[1].contains("\topen\t4/10\t"))
        #expect(list[2].contains("\topen\t4/6+\t"))
        #expect(list[3].contains("\trunning\t4/6\t"))
    }

    @Test("Status says what a running jobset waits for, a line each")
    func waits() {
        var jobset = Samples.jobset()
        jobset.waits = [
            LabWait(backend: "lab-a", kind: .busy, reason: nil, since: nil, jobs: 1),
            LabWait(backend: "lab-b", kind: .broken, reason: "connection refused", since: nil, jobs: 3_249),
        ]
        let lines = StatusCommand.facts(jobset, on: .plain).lines(on: .plain)
        #expect(
            lines.suffix(2) == [
                "waits\t1 job waits for a turn in lab-a",
                "waits\tlab-b is broken: connection refused; 3,249 jobs wait for it",
            ]
        )
    }

    @Test("A file that was not sent to its end says how to go on")
    func sendingWords() {
        let words = SendingWords(file: "a.jsonl", jobset: Samples.id, command: "muster submit a.jsonl", isNew: true)
        let interrupted = words.interrupted().lines.joined(separator: "\n")
        #expect(interrupted.contains("`muster submit a.jsonl` resumes"))
        #expect(interrupted.contains("`muster cancel 6f1c0000-0000-4000-8000-00000000002a`"))
        var chunk = Chunk(index: 1, first: 10)
        for number in 0..<3 {
            chunk.append(SplitJob(text: [0x31], place: TextPosition(line: 20 + number, column: 1)))
        }
        let refused = words.refused(.invalidDocument([Fault(pointer: "/jobs/2/backend", reason: "is gone")]), chunk)
        #expect(refused.status == .usage)
        #expect(refused.lines[0].hasPrefix("jobs 10 to 12 of a.jsonl were refused"))
        #expect(refused.lines[1] == "  /jobs/12/backend: is gone (line 22)")
    }

    @Test("No report yet is 3 and says why")
    func report() {
        let running = CommandFailure(.noReportYet(jobset: "x", pending: 4))
        #expect(running.status == .incomplete)
        #expect(running.lines.joined().contains("still running"))
        let ended = CommandFailure(.noReportYet(jobset: "x", pending: nil))
        #expect(ended.status == .incomplete)
        #expect(ended.lines.joined().contains("muster-notifier"))
    }

    @Test("Doctor tells each fault with what to do")
    func doctor() throws {
        let topology = try FleetConfiguration.sample().topologyForTests
        let gone = BrokerChecks.finding(.init(queue: "muster.jobsets", messages: nil, consumers: 0), topology)
        #expect(gone.level == .warning)
        let idle = BrokerChecks.finding(.init(queue: "muster.jobsets", messages: 3, consumers: 0), topology)
        #expect(idle.advice == "start muster-ingest")
        let dead = BrokerChecks.finding(.init(queue: "muster.dead", messages: 1, consumers: 0), topology)
        #expect(dead.advice == "look with `muster dead`")
        let quiet = BrokerChecks.finding(.init(queue: "muster.dead", messages: 0, consumers: 0), topology)
        #expect(quiet.level == .ok)
        let none = DatabaseChecks.schema(SchemaState(version: 0, oldestProgram: 0))
        #expect(none.advice == "run `muster migrate`")
        #expect(DatabaseChecks.schema(SchemaState(version: 99, oldestProgram: 99)).level == .failed)
        let newer = SchemaState(version: 99, oldestProgram: FleetStore.schemaVersion)
        #expect(DatabaseChecks.schema(newer).level == .warning)
        let terminal = Terminal(isTerminal: true, width: 80, hasColour: false, hasUnicode: true)
        #expect(
            none.lines(subjectWidth: 8, on: terminal) == [
                "FAILED   schema    there are no tables", "                   -> run `muster migrate`",
            ]
        )
    }

    @Test("A lab that takes us for nobody has a wrong token")
    func anonymous() throws {
        let backend = try #require(try FleetConfiguration.sample().backends["lab-a"])
        #expect(BackendChecks.finding(backend, version: "LAVA 2023.01", identity: .stranger).level == .failed)
        let stranger = BackendChecks.finding(backend, version: "LAVA 2023.01", identity: .stranger)
        #expect(stranger.advice?.contains("token is wrong") == true)
        #expect(BackendChecks.finding(backend, version: "LAVA 2023.01", identity: .user("muster")).level == .ok)
    }
}
