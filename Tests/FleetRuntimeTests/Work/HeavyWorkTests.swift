// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import Testing

@testable import FleetRuntime

@Suite("Heavy work", .timeLimit(.minutes(10)))
struct HeavyWorkTests {
    private final class Flag: Sendable {
        private let value = Atomic(false)
        var isSet: Bool { value.load(ordering: .relaxed) }
        func set() { value.store(true, ordering: .relaxed) }
    }

    @Test("Work that blocks every thread of its own keeps nobody else waiting")
    func apart() async throws {
        let work = HeavyWork(threads: 2, maximumWaiting: 10)
        let isOver = Flag()
        let blocked = (0..<4).map { _ in
            Task { try await work.run { _ in while !isOver.isSet { usleep(1_000) } } }
        }
        // Each of these needs Swift's pool.
        for _ in 0..<100 { await Task.detached {}.value }
        isOver.set()
        for task in blocked { try await task.value }
    }

    @Test("Work that nobody waits for any more is told so, and what has not begun never does")
    func cancelled() async throws {
        let work = HeavyWork(threads: 1, maximumWaiting: 10)
        let (begun, beginning) = AsyncStream.makeStream(of: Void.self)
        let first = Task {
            try await work.run { demand in
                beginning.yield()
                while true {
                    try demand.check()
                    usleep(1_000)
                }
            }
        }
        for await _ in begun { break }
        let hasRun = Flag()
        let second = Task { try await work.run { _ in hasRun.set() } }
        second.cancel()
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        await #expect(throws: CancellationError.self) { try await second.value }
        #expect(!hasRun.isSet)
    }

    @Test("Only so much may wait")
    func full() async throws {
        let work = HeavyWork(threads: 1, maximumWaiting: 1)
        let isOver = Flag()
        let (begun, beginning) = AsyncStream.makeStream(of: Void.self)
        let tasks = (0..<3).map { _ in
            Task {
                do {
                    try await work.run { _ in
                        beginning.yield()
                        while !isOver.isSet { usleep(1_000) }
                    }
                    return true
                } catch is HeavyWork.Overload {
                    isOver.set()
                    return false
                }
            }
        }
        for await _ in begun { break }
        var done = 0
        for task in tasks where try await task.value { done += 1 }
        #expect(done == 2)
        #expect(try await work.run { _ in 7 } == 7, "there is room again")
    }

    @Test("A task that works here for long, and waits in between, keeps nobody else waiting")
    func tasks() async throws {
        let work = HeavyWork(threads: 2, maximumWaiting: 10)
        let isOver = Flag()
        let blocked = (0..<4).map { number in
            Task(executorPreference: work) {
                while !isOver.isSet { usleep(1_000) }
                await Task.yield()
                return number
            }
        }
        for _ in 0..<100 { await Task.detached {}.value }
        isOver.set()
        for (number, task) in blocked.enumerated() { #expect(await task.value == number) }
        #expect(try await work.run { _ in 7 } == 7)
    }

    @Test("What is handed over is gone when the work is done with it")
    func handover() async throws {
        final class Thing: Sendable {}
        weak let seen: Thing?
        do {
            let thing = Thing()
            seen = thing
            let handover = Handover(thing)
            #expect(try await HeavyWork.shared.run { _ in handover.take() === seen })
            #expect(handover.take() == nil)
        }
        #expect(seen == nil)
    }
}
