// SPDX-License-Identifier: Apache-2.0

import FleetRuntime
import Testing

@Suite("The loops of a process")
struct LivenessTests {
    @Test("A loop that has not turned within its limit is stuck, by name, until it turns or ends")
    func stuck() async {
        let liveness = Liveness()
        await liveness.watching("slow", limit: .zero) { mark in
            await liveness.watching("patient", limit: .seconds(3_600)) { patient in
                patient.turn()
                #expect(liveness.stuck == ["slow"])
            }
            await liveness.watching("also slow", limit: .zero) { _ in
                #expect(liveness.stuck == ["also slow", "slow"])
            }
            mark.turn()
            #expect(mark.last <= .now)
        }
        #expect(liveness.stuck.isEmpty)
    }

    @Test("A loop that ends by an error is watched no more")
    func failed() async {
        struct Broken: Error {}
        let liveness = Liveness()
        await #expect(throws: Broken.self) {
            try await liveness.watching("broken", limit: .zero) { _ in throw Broken() }
        }
        #expect(liveness.stuck.isEmpty)
    }

    @Test("When a loop last turned can be asked of whoever knows it")
    func asked() async {
        let liveness = Liveness()
        let now = SuspendingClock.now
        await liveness.watching("asked", limit: .seconds(60), lastTurn: { now - .seconds(120) }) {
            #expect(liveness.stuck == ["asked"])
        }
        await liveness.watching("asked", limit: .seconds(600), lastTurn: { now - .seconds(120) }) {
            #expect(liveness.stuck.isEmpty)
        }
    }
}
