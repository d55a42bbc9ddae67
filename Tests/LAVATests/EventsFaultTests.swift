// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import LAVA
@testable import LabSimulator

/// What a real LAVA does to its events, ordered of the simulated one.
@Suite(.timeLimit(.minutes(10))) struct EventsFaultTests {
    private static func events(
        of count: Int = 1,
        _ lab: SimulatedLab,
        _ body: (LAVAJobEvent) async throws -> Void = { _ in }
    ) async throws -> [LAVAJobEvent] {
        try await lab.stream().withEvents { events in
            var iterator = events.makeAsyncIterator()
            _ = try await iterator.next()
            for _ in 0..<count { try await lab.submit() }
            // A last job, which no fault is ordered for, ends it.
            lab.simulator.faults.clear()
            try await lab.submit()
            var seen: [LAVAJobEvent] = []
            while case .job(let event)? = try await iterator.next() {
                try await body(event)
                if event.job == count + 1 { break }
                seen.append(event)
            }
            return seen
        }
    }

    @Test("Events are dropped by chance, the same with the same seed") func drop() async throws {
        func run() async throws -> [Int] {
            try await withLab { lab in
                lab.order(.dropEvent) {
                    $0.match.state = "Finished"
                    $0.probability = 0.5
                    $0.seed = 7
                }
                let events = try await Self.events(of: 20, lab)
                #expect(events.filter { $0.state != .finished }.count == 60)
                return events.filter { $0.state == .finished }.map(\.job)
            }
        }
        let first = try await run()
        #expect((1..<20).contains(first.count))
        #expect(try await run() == first)
    }

    @Test("An event comes twice") func again() async throws {
        try await withLab { lab in
            lab.order(.repeatEvent) { $0.match.state = "Running" }
            let states = try await Self.events(lab).map(\.state)
            #expect(states == [.submitted, .scheduled, .running, .running, .finished])
        }
    }

    @Test("States go backwards") func backwards() async throws {
        try await withLab { lab in
            lab.order(.backwardsEvent) { $0.match.state = "Scheduled" }
            let states = try await Self.events(lab).map(\.state)
            #expect(states == [.submitted, .scheduled, .submitted, .running, .finished])
        }
    }

    @Test("An event comes before what it tells is saved: neither the job nor any list shows it yet")
    func early() async throws {
        try await withLab { lab in
            lab.order(.earlyEvent) {
                $0.match.state = "Finished"
                $0.delayMilliseconds = 1_500
            }
            let before = Date(timeIntervalSinceNow: -60)
            try await lab.stream().withEvents { events in
                var iterator = events.makeAsyncIterator()
                _ = try await iterator.next()
                try await lab.submit()
                _ = try await iterator.jobs(untilFinished: 1)
                #expect(try await lab.client.job(1).state == .running)
                #expect(try await lab.client.finishedJobs(endedAfter: before, limit: 10).jobs.isEmpty)
                let job = try await eventually("it is saved") {
                    let job = try await lab.client.job(1)
                    return job.state == .finished ? job : nil
                }
                #expect(job.endTime != nil)
                #expect(try await lab.client.finishedJobs(endedAfter: before, limit: 10).jobs.map(\.id) == [1])
            }
        }
    }

    @Test("A member of a group is stuck in Scheduling, the other times out, and a cancel clears both")
    func stuck() async throws {
        try await withLab { lab in
            lab.order(.stickMember) { $0.delayMilliseconds = 50 }
            try await lab.submit(SimulatedLab.multinode)
            let other = try await eventually("the other has ended") {
                let job = try await lab.client.job(1)
                return job.state == .finished ? job : nil
            }
            #expect(other.health == .incomplete)
            let reason = try #require(try await lab.client.jobCase(job: 1))
            #expect(reason.errorType == "MultinodeTimeout")
            #expect(reason.errorMessage == "protocol lava-multinode timed out")
            let stuck = try await lab.client.job(2)
            #expect(stuck.state == .scheduling && stuck.actualDevice != nil && stuck.startTime == nil)
            try await lab.client.cancel(1)
            #expect(try await lab.client.job(2).state == .scheduling)
            try await lab.client.cancel(2)
            let ended = try await lab.client.job(2)
            #expect(ended.state == .finished && ended.health == .canceled)
        }
    }

    @Test("A group waits until every member has a device") func waiting() async throws {
        try await withLab({ $0.devices = ["sim": 2] }) { lab in
            try await lab.submit(SimulatedLab.definition(runMilliseconds: 600_000))
            try await lab.submit(SimulatedLab.multinode)
            #expect(try await lab.client.job(2).state == .scheduling)
            #expect(try await lab.client.job(3).state == .submitted)
            try await lab.client.cancel(1)
            for id in [2, 3] {
                try await eventually("member \(id) has ended") {
                    try await lab.client.job(id).state == .finished
                }
            }
        }
    }

    @Test("Faults of groups leave other submissions alone; a member that lost its definition is known by its group")
    func lostDefinition() async throws {
        try await withLab { lab in
            lab.order(.loseMultinodeDefinition) { $0.count = 1 }
            try await lab.submit()
            let tag = UUID()
            _ = try await lab.client.submit(definition: SimulatedLab.multinode, tag: tag)
            #expect(try await lab.client.job(2).tag == tag)
            #expect(try await lab.client.job(3).tag == nil)
            #expect(try await lab.client.job(3).group?.memberIDs == [2, 3])
            let since = Date(timeIntervalSinceNow: -60)
            let found = try await lab.client.findJobs(tag: tag, since: since).jobs
            #expect(
                found.map(\.id) == [2, 3] && found.map(\.subID) == ["2.0", "2.1"]
                    && found.submissions.allSatisfy(\.isWhole)
            )
        }
    }
}
