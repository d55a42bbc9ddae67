// SPDX-License-Identifier: Apache-2.0

import FleetRuntime
import Logging
import ServiceLifecycle
import Synchronization
import Testing

@Suite("The turnstile", .timeLimit(.minutes(10)))
struct TurnstileTests {
    /// How many are through at a time.
    private final class Crowd: Sendable {
        private let numbers = Mutex((now: 0, most: 0))
        var most: Int { numbers.withLock { $0.most } }
        func enter() { numbers.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) } }
        func leave() { numbers.withLock { $0.now -= 1 } }
    }

    @Test("So many are through at once, and the next in line when one leaves")
    func line() async {
        let turnstile = Turnstile(maximum: 2)
        let crowd = Crowd()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    #expect(await turnstile.enter())
                    crowd.enter()
                    await Task.yield()
                    crowd.leave()
                    turnstile.leave()
                }
            }
        }
        #expect(crowd.most <= 2)
        #expect(turnstile.enterNow())
        #expect(turnstile.enterNow())
        #expect(!turnstile.enterNow())
        turnstile.leave()
        #expect(turnstile.enterNow())
    }

    @Test("Whoever is cancelled leaves the line, and takes no place")
    func cancelled() async {
        let turnstile = Turnstile(maximum: 1)
        #expect(turnstile.enterNow())
        let waiter = Task { await turnstile.enter() }
        waiter.cancel()
        #expect(await !waiter.value)
        turnstile.leave()
        #expect(turnstile.enterNow())
    }

    @Test("A place that comes free while whoever gets it is cancelled is not lost")
    func cancelledWhenLetThrough() async {
        for _ in 0..<5_000 {
            let turnstile = Turnstile(maximum: 1)
            #expect(turnstile.enterNow())
            let waiter = Task { try await turnstile.enter(every: .seconds(60)) {} }
            while turnstile.waitingCount == 0 { await Task.yield() }
            turnstile.leave()
            waiter.cancel()
            if (try? await waiter.value) == true { turnstile.leave() }
            #expect(turnstile.enterNow())
        }
    }

    @Test("At a shutdown it turns away whoever waits, and whoever comes later")
    func shutdown() async throws {
        let turnstile = Turnstile(maximum: 1)
        #expect(turnstile.enterNow())
        let waiter = Task { await turnstile.enter() }
        let services = ServiceGroup(services: [turnstile], logger: Logger(label: "turnstile"))
        async let running: Void = services.run()
        await services.triggerGracefulShutdown()
        try await running
        #expect(await !waiter.value)
        turnstile.leave()
        #expect(await !turnstile.enter())
        #expect(!turnstile.enterNow())
    }
}
