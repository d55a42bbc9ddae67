// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import Synchronization
import Testing

@testable import LAVA
@testable import LabSimulator

extension SimulatedLab {
    /// The event stream of this lab, or of one that differs.
    func stream(
        limits: LAVAEventLimits = LAVAEventLimits(),
        _ change: (inout LAVALab) -> Void = { _ in }
    ) -> LAVAEventStream {
        LAVAEventStream(lab: client { change(&$0) }.lab, limits: limits, logger: client.logger)
    }

    func submit(_ definition: String = Self.definition()) async throws {
        _ = try await client.submit(definition: definition, tag: UUID())
    }

    /// Orders a fault.
    func order(_ kind: Fault.Kind, _ change: (inout Fault) -> Void = { _ in }) {
        var fault = Fault(kind)
        change(&fault)
        _ = simulator.faults.add(fault)
    }
}

extension LAVAEvents.AsyncIterator {
    /// The next events of jobs, until one of a job that has finished.
    mutating func jobs(untilFinished job: Int) async throws -> [LAVAJobEvent] {
        var seen: [LAVAJobEvent] = []
        while let event = try await next() {
            guard case .job(let event) = event else { continue }
            seen.append(event)
            if event.job == job, event.state == .finished { return seen }
        }
        throw NeverHappened(what: "job \(job) has finished")
    }
}

@Suite(.timeLimit(.minutes(10))) struct EventsStreamTests {
    @Test("A job's life is told in order, with what is known of it") func life() async throws {
        try await withLab { lab in
            let events = try await lab.stream().withEvents { events in
                var iterator = events.makeAsyncIterator()
                #expect(try await iterator.next() == .connected)
                try await lab.submit()
                return try await iterator.jobs(untilFinished: 1)
            }
            #expect(events.map(\.state) == [.submitted, .scheduled, .running, .finished])
            let job = try await lab.client.job(1)
            let last = try #require(events.last)
            #expect(last.health == .complete && last.device == job.actualDevice && last.subID == nil)
            #expect(last.description == job.description && last.submitter == job.submitter)
            #expect(last.submitTime == job.submitTime && last.startTime == job.startTime)
            #expect(last.endTime == job.endTime && last.sentTime != nil)
            try await eventually("the stream is closed") { lab.simulator.hub.count == 0 }
        }
    }

    @Test("A group is told member by member") func multinode() async throws {
        try await withLab { lab in
            let events = try await lab.stream().withEvents { events in
                var iterator = events.makeAsyncIterator()
                _ = try await iterator.next()
                try await lab.submit(SimulatedLab.multinode)
                let first = try await iterator.jobs(untilFinished: 2)
                return first.contains { $0.job == 1 && $0.state == .finished }
                    ? first : first + (try await iterator.jobs(untilFinished: 1))
            }
            for job in [1, 2] {
                let own = events.filter { $0.job == job }
                #expect(own.map(\.state) == [.submitted, .submitted, .scheduling, .scheduled, .running, .finished])
                #expect(own.map(\.subID) == [nil] + Array(repeating: "1.\(job - 1)", count: 5))
            }
        }
    }

    @Test("A canceled job is told, Canceling first if it ran") func canceled() async throws {
        try await withLab({ $0.devices = ["sim": 1] }) { lab in
            let events = try await lab.stream().withEvents { events in
                var iterator = events.makeAsyncIterator()
                _ = try await iterator.next()
                for _ in 0..<2 { try await lab.submit(SimulatedLab.definition(runMilliseconds: 600_000)) }
                try await lab.client.cancel(2)
                try await lab.client.cancel(1)
                return try await iterator.jobs(untilFinished: 1)
            }
            let states = events.filter { $0.job == 1 }.map(\.state)
            #expect(states == [.submitted, .scheduled, .running, .canceling, .finished])
            #expect(events.filter { $0.job == 2 }.map(\.health) == [.unknown("Unknown"), .canceled])
        }
    }

    @Test("The stream may have a port of its own, which goes down and comes back with the lab") func port() async throws
    {
        try await withLab({ $0.eventsPort = 0 }) { lab in
            await #expect(throws: LAVAError(kind: .notFound, requestMayHaveBeenProcessed: false)) {
                try await lab.stream().withEvents { _ in }
            }
            let port = try await lab.simulator.eventsPort()
            #expect(port != lab.port)
            let stream = lab.stream { $0.eventsURL = URL(string: "ws://127.0.0.1:\(port)/ws/") }
            await #expect(throws: LAVAError.self) {
                try await stream.withEvents { events in
                    for try await event in events where event == .connected {
                        ControlRouterOrders.restart(lab)
                    }
                }
            }
            _ = try await eventually("the stream is back") { try? await stream.withEvents { _ in true } }
        }
    }

    @Test("A cut stream throws, is told from one that is refused, and comes back") func cut() async throws {
        try await withLab { lab in
            await #expect {
                try await lab.stream().withEvents { events in
                    for try await event in events where event == .connected {
                        lab.simulator.hub.perform(.init(cut: true, refuseMilliseconds: 600_000))
                    }
                }
            } throws: { error in
                guard case .transport = (error as? LAVAError)?.kind else { return false }
                return true
            }
            await #expect {
                try await lab.stream().withEvents { _ in }
            } throws: { error in
                guard case .server(status: 503, _) = (error as? LAVAError)?.kind else { return false }
                return true
            }
            lab.simulator.hub.perform(.init(refuseMilliseconds: 0))
            let isBack = try await lab.stream().withEvents { _ in true }
            #expect(isBack)
        }
    }

    @Test("A lab that hangs is found out by its silence, and one that is quiet is not") func silence() async throws {
        try await withLab { lab in
            let limits = LAVAEventLimits(pingInterval: .milliseconds(20), silenceLimit: .milliseconds(500))
            await #expect(throws: LAVAError(kind: .timeout, requestMayHaveBeenProcessed: false)) {
                try await lab.stream(limits: limits).withEvents { events in
                    var iterator = events.makeAsyncIterator()
                    _ = try await iterator.next()
                    // Its pongs keep it alive for longer than the limit.
                    let start = ContinuousClock.now
                    async let quiet = eventually("the limit has passed") {
                        ContinuousClock.now - start > .seconds(1) ? true : nil
                    }
                    _ = try await quiet
                    try await lab.submit()
                    #expect(try await iterator.jobs(untilFinished: 1).count == 4)
                    lab.simulator.hub.perform(.init(silentMilliseconds: 600_000))
                    try await lab.submit()
                    while try await iterator.next() != nil {}
                }
            }
        }
    }

    @Test("A cancelled task is out at once, and its stream is closed", arguments: [false, true])
    func cancellation(isBusy: Bool) async throws {
        try await withLab { lab in
            let isOpen = Mutex(false)
            let task = Task {
                try await lab.stream().withEvents { events in
                    isOpen.withLock { $0 = true }
                    if isBusy { try await Task.sleep(for: .seconds(600)) }
                    for try await _ in events {}
                }
            }
            _ = try await eventually("it listens") {
                isOpen.withLock { $0 } && lab.simulator.hub.count == 1 ? true : nil
            }
            task.cancel()
            let result = await task.result
            #expect(throws: (any Error).self) { try result.get() }
            try await eventually("the stream is closed") { lab.simulator.hub.count == 0 }
        }
    }

    @Test("Too many events leave a mark, and nothing waits for a slow taker") func overflow() async throws {
        try await withLab { lab in
            let limits = LAVAEventLimits(maximumBufferedEvents: 8)
            try await lab.stream(limits: limits).withEvents { events in
                for _ in 0..<10 { try await lab.submit() }
                try await eventually("all has come") { events.droppedCount == 1 + 40 - 7 }
                var iterator = events.makeAsyncIterator()
                var seen: [LAVAEvent] = []
                for _ in 0..<8 { seen.append(try #require(try await iterator.next())) }
                #expect(seen.first == .connected && seen.last == .overflow)
                #expect(seen.filter { $0 == .overflow }.count == 1)
                try await lab.submit()
                #expect(try await iterator.jobs(untilFinished: 11).count == 4)
            }
        }
    }
}

/// Restarts a lab as its control address would.
enum ControlRouterOrders {
    static func restart(_ lab: SimulatedLab) {
        lab.order(.closeListener) { $0.delayMilliseconds = 50 }
        Task { _ = try? await lab.client.version() }
    }
}
