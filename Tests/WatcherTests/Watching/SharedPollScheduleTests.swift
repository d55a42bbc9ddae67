// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Watcher

@Suite("What the watchers of a lab tell one another")
struct SharedPollScheduleTests {
    let polls = SharedPollSchedule(PollSchedule(often: .seconds(1_000), seldom: .seconds(2_000)))

    private func poll() {
        polls.change { $0.beginPoll() }
        polls.change { _ = $0.endPoll(.whole, now: .now) }
    }

    @Test("A change that wants a poll sooner wakes the poller")
    func sooner() async {
        poll()
        polls.change { $0.connect() }
        await expectEnd { [polls] in await polls.wake.sleep(until: .now + .seconds(3_600)) }
    }

    @Test("What a change returns comes back, and the change is there to be read")
    func change() {
        let isBack = polls.change { schedule in
            _ = schedule.endPoll(.failed(rest: nil), now: .now)
            return schedule.endPoll(.whole, now: .now)
        }
        #expect(isBack)
        #expect(!polls.read(\.isConnected))
        polls.change { $0.connect() }
        #expect(polls.read(\.isConnected))
    }

    @Test("Who we are is not known before the lab has said so, be it nobody")
    func user() {
        #expect(polls.user == nil)
        polls.user = ""
        #expect(polls.user == "")
        polls.user = "ci"
        #expect(polls.user == "ci")
    }
}
