// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Watcher

@Suite("Sleeping until there is something to do")
struct WakeTests {
    let wake = Wake()

    private static var far: ContinuousClock.Instant { .now + .seconds(3_600) }

    /// Whether somebody who sleeps now sleeps on until he is called.
    private func sleepsUntilCalled() async -> Bool {
        let (began, called, early) = (Flag(), Flag(), Flag())
        let hasEnded = await ends { [wake] in
            async let caller: Void = {
                guard await began.wait() else { return }
                for _ in 0..<100 { await Task.yield() }
                called.set()
                wake.call()
            }()
            began.set()
            await wake.sleep(until: Self.far)
            if !called.isSet { early.set() }
            await caller
        }
        return hasEnded && !early.isSet
    }

    @Test("A call wakes the sleeper, and nothing before it does")
    func call() async {
        // Nothing may be left of a call that has woken somebody.
        for _ in 0..<3 {
            let isKeptAsleep = await sleepsUntilCalled()
            #expect(isKeptAsleep)
        }
    }

    @Test("A call that comes while nobody sleeps is kept; several are one")
    func kept() async {
        for _ in 0..<3 { wake.call() }
        await expectEnd { [wake] in await wake.sleep(until: Self.far) }
        let isKeptAsleep = await sleepsUntilCalled()
        #expect(isKeptAsleep)
    }

    @Test("Nobody sleeps past the time, nor wakes before it for nothing")
    func deadline() async {
        let deadline = ContinuousClock.now + .milliseconds(20)
        await expectEnd { [wake] in await wake.sleep(until: deadline) }
        #expect(ContinuousClock.now >= deadline)
    }

    @Test("A time that has passed is no sleep, and leaves the call to the next")
    func past() async {
        wake.call()
        await expectEnd { [wake] in await wake.sleep(until: .now - .seconds(1)) }
        await expectEnd { [wake] in await wake.sleep(until: Self.far) }
    }

    @Test("A task that is cancelled sleeps no longer, nor begins to")
    func cancelled() async {
        let began = Flag()
        let isOver = await ends { [wake] in
            let sleeper = Task {
                began.set()
                await wake.sleep(until: Self.far)
            }
            _ = await began.wait()
            sleeper.cancel()
            await sleeper.value
            let late = Task {
                while !Task.isCancelled { await Task.yield() }
                await wake.sleep(until: Self.far)
            }
            late.cancel()
            await late.value
        }
        #expect(isOver)
    }

    @Test("No call is ever missed")
    func none() async {
        let count = 5_000
        let waiting = Pile()
        let hasSeenAll = await ends { [wake] in
            let caller = Task {
                for number in 0..<count {
                    waiting.add()
                    wake.call()
                    if number.isMultiple(of: 3) { await Task.yield() }
                }
            }
            var seen = 0
            while seen < count {
                seen += waiting.take()
                if seen < count { await wake.sleep(until: Self.far) }
            }
            await caller.value
        }
        #expect(hasSeenAll)
    }
}
