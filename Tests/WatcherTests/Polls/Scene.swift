// SPDX-License-Identifier: Apache-2.0

@testable import Watcher

/// A lab's schedule, and a clock that moves only when it is told to.
final class Scene {
    static let often = Duration.seconds(2)
    static let seldom = Duration.seconds(60)

    var schedule = PollSchedule(often: often, seldom: seldom)
    private(set) var now = ContinuousClock.now

    /// How long it is until the next poll; nothing if it is due.
    var wait: Duration { max(.zero, now.duration(to: schedule.pollDue(now: now))) }

    func pass(_ duration: Duration) { now += duration }

    /// A poll that is the first to see that `numbers` have finished.
    ///
    /// - Returns: whether the lab answers again.
    @discardableResult
    func poll(finding numbers: [Int] = [], _ ending: PollSchedule.PollEnding = .whole) -> Bool {
        schedule.beginPoll()
        schedule.find(numbers, now: now)
        return schedule.endPoll(ending, now: now)
    }

    /// Events come, and what was before them is known.
    func follow() {
        schedule.connect()
        schedule.hear()
        poll()
    }

    /// - Returns: whether the stream loses its trust once the events of what was found had time to come.
    func losesTrust() -> Bool {
        pass(PollSchedule.eventDelay)
        return judge()
    }

    func judge() -> Bool { schedule.judge(now: now) }
}
