// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetRuntime
import Foundation
import Testing

@testable import CommandLine

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
        let nobody = SubmissionWords.silence(queue: "muster.jobsets", consumers: 0, after: Seconds(whole: 30), id: nil)
        #expect(nobody.status == .unreachable)
        #expect(
            nobody.lines.joined(separator: "\n").contains(
                "nobody takes from the queue muster.jobsets: start muster-ingest"
            )
        )
        #expect(nobody.lines.joined().contains("submit the same document again"))
        let busy = SubmissionWords.silence(queue: "q", consumers: 2, after: Seconds(whole: 1), id: Samples.id)
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

    @Test("No report yet is 3 and says why")
    func report() {
        let running = ReportCommand.missing(Samples.jobset())
        #expect(running.status == .incomplete)
        #expect(running.lines.joined().contains("still running"))
        let ended = ReportCommand.missing(Samples.jobset(state: .finished, verdict: .passed))
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
        #expect(DatabaseChecks.schema(0).advice == "run `muster migrate`")
        #expect(DatabaseChecks.schema(99).level == .failed)
        let terminal = Terminal(isTerminal: true, width: 80, hasColour: false, hasUnicode: true)
        #expect(
            DatabaseChecks.schema(0).lines(subjectWidth: 8, on: terminal) == [
                "FAILED   schema    there are no tables", "                   -> run `muster migrate`",
            ]
        )
    }

    @Test("A lab that takes us for nobody has a wrong token")
    func anonymous() throws {
        let backend = try #require(try FleetConfiguration.sample().backends["lab-a"])
        #expect(BackendChecks.finding(backend, version: "2023.01", user: "").level == .failed)
        #expect(BackendChecks.finding(backend, version: "2023.01", user: "").advice?.contains("token is wrong") == true)
        #expect(BackendChecks.finding(backend, version: "2023.01", user: "muster").level == .ok)
    }
}
