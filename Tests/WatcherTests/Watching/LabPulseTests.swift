// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Watcher

@Suite("What the watchers of a lab tell one another")
struct LabPulseTests {
    let pulse = LabPulse(PollSchedule(often: .seconds(1_000), seldom: .seconds(2_000)))

    private func poll() {
        pulse.change { $0.beginPoll() }
        pulse.change { _ = $0.endPoll(.whole, now: .now) }
    }

    @Test("A change that wants a poll sooner wakes the poller")
    func sooner() async {
        poll()
        pulse.change { $0.connect() }
        await expectEnd { [pulse] in await pulse.wake.sleep(until: .now + .seconds(3_600)) }
    }

    @Test("What a change returns comes back, and the change is there to be read")
    func change() {
        let isBack = pulse.change { schedule in
            _ = schedule.endPoll(.failed(rest: nil), now: .now)
            return schedule.endPoll(.whole, now: .now)
        }
        #expect(isBack)
        #expect(!pulse.read(\.isConnected))
        pulse.change { $0.connect() }
        #expect(pulse.read(\.isConnected))
    }

    @Test("Who we are is not known before the lab has said so, be it nobody")
    func user() {
        #expect(pulse.user == nil)
        pulse.user = ""
        #expect(pulse.user == "")
        pulse.user = "ci"
        #expect(pulse.user == "ci")
    }
}
