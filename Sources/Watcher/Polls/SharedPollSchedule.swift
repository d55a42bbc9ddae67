// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What the parts that watch one lab tell one another, and what wakes its poller.
final class SharedPollSchedule: Sendable {
    private let schedule: Mutex<PollSchedule>
    private let asked = Mutex<String?>(nil)
    /// Called when the schedule may want a poll sooner.
    let wake = Wake()

    init(_ schedule: PollSchedule) {
        self.schedule = Mutex(schedule)
    }

    /// Looks at the schedule.
    func read<Value: Sendable>(_ look: (PollSchedule) -> Value) -> Value {
        schedule.withLock { look($0) }
    }

    /// Changes the schedule, and has the poller look at it.
    @discardableResult
    func change<Value: Sendable>(_ change: (inout PollSchedule) -> Value) -> Value {
        let (value, isSooner) = schedule.withLock { schedule in
            let now = ContinuousClock.now
            let before = schedule.nextTurn(now: now)
            let value = change(&schedule)
            return (value, schedule.nextTurn(now: now) < before)
        }
        if isSooner { wake.call() }
        return value
    }

    /// Who we are in the lab, as it says itself: empty for nobody, `nil` while it has not been asked.
    var user: String? {
        get { asked.withLock { $0 } }
        set { asked.withLock { $0 = newValue } }
    }
}
