// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetOperations
import Foundation
import Testing

@testable import CommandLine
@testable import DirectCommands
@testable import Fleet
@testable import FleetStore

@Suite("What a person sees of jobs, attempts and results")
struct JobFactsTests {
    @Test("One job is shown with every attempt, its lab jobs and their pages")
    func oneJob() throws {
        let attempts = [
            Samples.attempt(1, outcome: .incomplete, reason: "Infrastructure: no power"),
            Samples.attempt(2, outcome: .complete, role: "server"),
        ]
        let lines = JobFacts.all(Samples.job(reason: nil, outcome: .complete, history: attempts), on: .plain)
            .lines(on: .plain)
        #expect(lines.contains("state\tcomplete"))
        #expect(lines.contains("attempt 1\tincomplete: Infrastructure: no power"))
        #expect(lines.contains("attempt 2\tcomplete"))
        #expect(lines.contains("  lab job 39.0\tComplete, role server, on board-1"))
        #expect(lines.contains("    page\thttp://127.0.0.1:1/scheduler/job/39"))
        #expect(lines.contains("    page\thttp://127.0.0.1:1/scheduler/job/40"))
    }

    @Test("A lab job that is not over says what the lab last said of it")
    func running() throws {
        let labJob = LabJob(number: 7, labState: "Scheduling")
        let attempt = Attempt(
            number: 1,
            state: .submitted,
            outcome: nil,
            reason: nil,
            tries: 3,
            lastError: nil,
            createdAt: Samples.created,
            submittedAt: Samples.created,
            endedAt: nil,
            labJobs: [labJob],
            surplusLabJobs: [
                SurplusLabJob(
                    number: 9,
                    subID: nil,
                    canceling: true,
                    health: nil,
                    foundAt: Samples.created,
                    endedAt: nil
                )
            ]
        )
        let job = Samples.job(reason: nil, outcome: nil, history: [attempt], cancelRequestedAt: Samples.created)
        let lines = JobFacts.all(job, on: .plain).lines(on: .plain)
        #expect(lines.contains("state\tcanceling"))
        #expect(lines.contains("attempt 1\tsubmitted"))
        #expect(lines.contains("  trouble\t3 requests failed"))
        #expect(lines.contains("  lab job 7\tScheduling"))
        #expect(lines.contains("  surplus 9\tbeing canceled"))
        #expect(!lines.contains { $0.hasPrefix("finished") && $0.hasSuffix("-") })
    }

    @Test("Jobs have a column of attempts once one took more than one")
    func attemptsColumn() {
        let once = JobsCommand.table([Samples.job()])
        #expect(!once.columns.map(\.title).contains("ATTEMPTS"))
        let twice = JobsCommand.table([Samples.job(), Samples.job(attempts: 2)])
        #expect(twice.lines(on: .plain)[0] == "JOB\tENVIRONMENT\tBACKEND\tSTATE\tPASS\tFAIL\tATTEMPTS\tLAB JOB\tREASON")
        #expect(twice.lines(on: .plain)[2] == "5\tboard\tlab-b\trejected\t1\t2\t2\t39.0\tNo such device type")
    }

    @Test("Results have a role, an outcome and a link only where there is one to tell")
    func results() throws {
        let plain = ResultsCommand.table([Samples.result()]).lines(on: .plain)
        #expect(plain == ["JOB\tENVIRONMENT\tSUITE\tTEST\tRESULT\tMEASUREMENT", "0\te\ts\tn\tpass\t1.5 s"])
        let all = ResultsCommand.table(
            [Samples.result(.incomplete, role: "server"), Samples.result(nil, line: nil)],
            hasLinks: true
        ).lines(on: .plain)
        #expect(
            all == [
                "JOB\tENVIRONMENT\tOUTCOME\tROLE\tSUITE\tTEST\tRESULT\tMEASUREMENT\tLOG",
                "0\te\tincomplete\tserver\ts\tn\tpass\t1.5 s\thttp://127.0.0.1:1/scheduler/job/1#L3",
                "0\te\trunning\t-\ts\tn\tpass\t1.5 s\thttp://127.0.0.1:1/scheduler/job/1",
            ]
        )
    }

    @Test("A link is never cut, and takes no room from others", arguments: [20, 40, 80])
    func wholeLink(width: Int) throws {
        let terminal = Terminal(isTerminal: true, width: width, hasColour: false, hasUnicode: true)
        let table = Table(
            columns: [.init("NAME", canShrink: true), .init("LOG", isWhole: true)],
            rows: [[.text("short"), .text("https://lab.example/scheduler/job/1#L123")]]
        )
        #expect(
            table.lines(on: terminal) == ["NAME   LOG", "short  https://lab.example/scheduler/job/1#L123"]
        )
    }

    @Test("A reason bears the name of whoever gave it")
    func author() {
        #expect(Author.actor(name: "eve").signed(Author.reason(nil)) == "by eve")
        #expect(Author.actor(name: "eve").signed(Author.reason("wrong\nkernel")) == "wrong kernel (eve)")
        #expect(Author.actor(name: "").signed(Author.reason(" ")) == "by somebody")
        #expect(Author.actor(name: "eve").signed(Author.reason(String(repeating: "x", count: 10_000))).count < 600)
    }

    @Test("A cancellation says what ended and what is still waited for")
    func cancellation() {
        let all = CanceledJobset(
            id: Samples.id,
            Cancellation(endedNow: 1, inLab: 2, inDoubt: 3, isFinished: false)
        )
        #expect(
            CancelCommand.facts(all).lines(on: .plain) == [
                "ended\t1 job", "in a lab\t2 jobs, being canceled there",
                "in doubt\t3 jobs: checking whether a lab has them",
            ]
        )
        let none = CanceledJobset(
            id: Samples.id,
            Cancellation(endedNow: 0, inLab: 0, inDoubt: 0, isFinished: false)
        )
        #expect(CancelCommand.facts(none).lines(on: .plain) == ["ended\t0 jobs"])
    }
}
