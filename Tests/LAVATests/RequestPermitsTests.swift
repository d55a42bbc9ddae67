// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import Synchronization
import Testing

@testable import LAVA

@Suite(.timeLimit(.minutes(10))) struct RequestPermitsTests {
    /// Something that is open until it is told to end.
    private final class Gate: Sendable {
        private let state = Mutex<(isOpen: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

        func wait() async {
            await withCheckedContinuation { continuation in
                let isOpen = state.withLock { state in
                    if !state.isOpen { state.waiting.append(continuation) }
                    return state.isOpen
                }
                if isOpen { continuation.resume() }
            }
        }

        func open() {
            let waiting = state.withLock { state in
                state.isOpen = true
                defer { state.waiting = [] }
                return state.waiting
            }
            for one in waiting { one.resume() }
        }
    }

    /// In which order turns came.
    private final class Order: Sendable {
        private let state = Mutex<[Int]>([])
        var numbers: [Int] { state.withLock { $0 } }
        func add(_ number: Int) { state.withLock { $0.append(number) } }
    }

    /// How many are open.
    private final class Open: Sendable {
        private let state = Mutex<(now: Int, most: Int)>((0, 0))
        var now: Int { state.withLock { $0.now } }
        var most: Int { state.withLock { $0.most } }
        func begin() { state.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) } }
        func end() { state.withLock { $0.now -= 1 } }
    }

    private func hold(_ permits: RequestPermits, _ purpose: RequestPermits.Purpose, _ gate: Gate) -> Task<
        Void, any Error
    > {
        Task {
            try await permits.withPermit(for: purpose, within: .seconds(60)) { () async throws(LAVAError) in
                await gate.wait()
            }
        }
    }

    @Test("Fetches never take the permits that are kept, and those who wait come in order") func kept() async throws {
        let permits = RequestPermits(maximum: 3, kept: 1)
        let gate = Gate()
        var held: [Task<Void, any Error>] = []
        for _ in 0..<5 { held.append(hold(permits, .results, gate)) }
        try await eventually("three fetches wait") { permits.waiting == 3 }
        // Whatever is not for results finds a permit all the same.
        try await permits.withPermit(for: .other, within: .seconds(60)) { () async throws(LAVAError) in }
        #expect(permits.waiting == 3)
        let order = Order()
        let otherGate = Gate()
        held.append(hold(permits, .other, otherGate))
        for number in 0..<10 {
            held.append(
                Task {
                    try await permits.withPermit(for: .other, within: .seconds(60)) { () async throws(LAVAError) in
                        order.add(number)
                    }
                }
            )
            try await eventually("one more waits") { permits.waiting == 4 + number }
        }
        otherGate.open()
        try await eventually("all others had their turn") { order.numbers.count == 10 }
        #expect(order.numbers == Array(0..<10))
        gate.open()
        for task in held { try await task.value }
        #expect(permits.waiting == 0)
    }

    @Test("Who waits for too long was busy, who is cancelled was cancelled, and neither takes a permit with it")
    func ends() async throws {
        let permits = RequestPermits(maximum: 1, kept: 0)
        let gate = Gate()
        let first = hold(permits, .other, gate)
        let second = hold(permits, .other, gate)
        try await eventually("one waits") { permits.waiting == 1 }
        let late = await #expect(throws: LAVAError.self) {
            try await permits.withPermit(for: .results, within: .milliseconds(20)) { () async throws(LAVAError) in }
        }
        #expect(late == LAVAError(kind: .busy, requestMayHaveBeenProcessed: false))
        let third = hold(permits, .results, gate)
        try await eventually("two wait") { permits.waiting == 2 }
        permits.endWaits(for: .results)
        let ended = await #expect(throws: LAVAError.self) { try await third.value }
        #expect(ended?.kind == .busy && permits.waiting == 1)
        second.cancel()
        let cancelled = await #expect(throws: LAVAError.self) { try await second.value }
        #expect(cancelled == LAVAError(kind: .cancelled, requestMayHaveBeenProcessed: false))
        gate.open()
        try await first.value
        try await permits.withPermit(for: .results, within: .seconds(60)) { () async throws(LAVAError) in }
        #expect(permits.waiting == 0)
    }

    @Test("However many come and go at once, no more are open than may be, and none is lost", arguments: [1, 2, 9])
    func crowd(maximum: Int) async throws {
        let permits = RequestPermits(maximum: maximum, kept: 2)
        let open = Open()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<400 {
                let task = Task {
                    try await permits.withPermit(for: number % 3 == 0 ? .other : .results, within: .seconds(60)) {
                        () async throws(LAVAError) in
                        open.begin()
                        await Task.yield()
                        open.end()
                    }
                }
                if number % 7 == 0 { task.cancel() }
                group.addTask { _ = try? await task.value }
            }
        }
        #expect(open.most <= maximum && open.now == 0 && permits.waiting == 0)
    }

    @Test("A lab whose answers take longer than their line has no failure told of it, and others pass by the line")
    func slowLab() async throws {
        let script: ScriptedLab.Script = { path in
            guard path.contains("/tests/") else { return .init(body: #"{"user":"me"}"#) }
            return .init(body: #"{"count":0,"next":null,"results":[]}"#, delay: .milliseconds(400))
        }
        // Eighty fetches, four at a time, are twenty rounds: far more than one request may take.
        try await ScriptedLab.with(
            script,
            change: {
                ($0.maximumConnections, $0.requestTimeout, $0.connectTimeout) = (6, .seconds(4), .milliseconds(1_500))
            }
        ) { lab in
            let fetches = (1...80).map { id in
                Task { for try await _ in lab.client.results(job: id) {} }
            }
            try await eventually("fetches to wait") { lab.client.permits.waiting > 40 }
            let user = try await lab.client.whoami()
            #expect(user == "me")
            #expect(lab.client.permits.waiting > 0)
            for fetch in fetches { try await fetch.value }
            #expect(lab.requests.mostOpen <= 6 && lab.requests.paths.count == 81)
        }
    }

    @Test("A request that hangs through an outage is sent once more, and one that changes something is not")
    func recovery() async throws {
        let asked = Open()
        try await ScriptedLab.with({ _ in
            asked.begin()
            let first = asked.now == 1
            return .init(body: #"{"user":"me"}"#, delay: first ? .seconds(100) : .zero)
        }) { lab in
            let client = LAVAClient(
                lab: lab.client.lab,
                httpClient: lab.client.httpClient,
                logger: lab.client.logger,
                recovery: { _ in
                    try await eventually("the request is there") { asked.now == 1 }
                }
            )
            let user = try await client.whoami()
            #expect(user == "me")
            #expect(lab.requests.paths.count == 2)
        }
    }
}
