// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Watcher

@Suite("Whether an event stream is trusted")
struct StreamTrustTests {
    static let moment = Duration.milliseconds(1)

    @Test("A stream that kept the end of a job back is not trusted any more, and said so once")
    func keptBack() {
        let scene = Scene()
        scene.follow()
        scene.poll(finding: [7])
        #expect(scene.schedule.nextTurn(now: scene.now) == scene.now + PollSchedule.eventDelay)
        scene.pass(PollSchedule.eventDelay - Self.moment)
        #expect(!scene.judge())
        #expect(scene.wait > Scene.often)
        scene.pass(Self.moment)
        #expect(scene.judge())
        #expect(!scene.schedule.isTrusted)
        #expect(scene.wait == .zero)
        #expect(!scene.judge())
        #expect(scene.schedule.nextTurn(now: scene.now) == scene.schedule.pollDue(now: scene.now))
    }

    @Test("An event may come a little later than the poll that saw the same")
    func late() {
        let scene = Scene()
        scene.follow()
        scene.poll(finding: [7, 8])
        scene.pass(.seconds(1))
        scene.schedule.hearEnd(of: [7, 8], now: scene.now)
        #expect(!scene.losesTrust())
        #expect(scene.schedule.isTrusted)
    }

    @Test("One job that was told of does not make up for another that was not")
    func other() {
        let scene = Scene()
        scene.follow()
        scene.poll(finding: [7, 8])
        scene.schedule.hearEnd(of: [7], now: scene.now)
        #expect(scene.losesTrust())
    }

    @Test("An event may overtake the poll that sees the same")
    func early() {
        let scene = Scene()
        scene.follow()
        scene.schedule.hearEnd(of: [7], now: scene.now)
        scene.pass(PollSchedule.memory)
        scene.poll(finding: [7])
        #expect(!scene.losesTrust())
    }

    @Test("What was told long ago, of a lab's number that came again, counts for nothing")
    func longAgo() {
        let scene = Scene()
        scene.follow()
        scene.schedule.hearEnd(of: [7], now: scene.now)
        scene.pass(PollSchedule.memory + Self.moment)
        scene.poll(finding: [7])
        #expect(scene.losesTrust())
    }

    @Test("Only the end of a job of ours that it tells of first brings the trust back")
    func regained() {
        let scene = Scene()
        scene.follow()
        scene.poll(finding: [7])
        #expect(scene.losesTrust())
        scene.schedule.hear()
        scene.schedule.hearEnd(of: [9], now: scene.now)
        #expect(!scene.schedule.isTrusted)
        scene.schedule.hearFirst()
        #expect(scene.schedule.isTrusted)
        scene.poll()
        #expect(scene.wait == Scene.seldom)
        scene.poll(finding: [10])
        #expect(scene.losesTrust())
    }

    @Test("A new stream is not blamed for the one before")
    func reconnected() {
        let scene = Scene()
        scene.follow()
        scene.poll(finding: [7])
        scene.schedule.disconnect(now: scene.now)
        scene.follow()
        #expect(!scene.losesTrust())
        #expect(scene.schedule.isTrusted)
    }

    @Test("Nothing is expected of a stream that is not open")
    func unconnected() {
        let scene = Scene()
        scene.poll()
        scene.poll(finding: [7])
        scene.schedule.connect()
        scene.schedule.hear()
        #expect(!scene.losesTrust())
        #expect(scene.schedule.isTrusted)
    }

    @Test("What ended before the stream was opened is not held against it")
    func before() {
        let scene = Scene()
        scene.schedule.connect()
        scene.schedule.hear()
        scene.poll(finding: [7])
        #expect(!scene.losesTrust())
    }

    @Test(
        "Nor is it when the first poll did not see all of it",
        arguments: [PollSchedule.PollEnding.failed(rest: nil), .interrupted, .partial]
    )
    func beforeAndCutShort(_ ending: PollSchedule.PollEnding) {
        let scene = Scene()
        scene.schedule.connect()
        scene.schedule.hear()
        scene.poll(finding: [7], ending)
        scene.poll(finding: [8])
        #expect(!scene.losesTrust())
        #expect(scene.schedule.isTrusted)
        scene.poll(finding: [9])
        #expect(scene.losesTrust())
    }

    @Test("Nor is it when the stream was opened anew while a poll went on")
    func reopenedDuringPoll() {
        let scene = Scene()
        scene.follow()
        scene.schedule.beginPoll()
        scene.schedule.disconnect(now: scene.now)
        scene.schedule.connect()
        scene.schedule.hear()
        scene.schedule.find([7], now: scene.now)
        _ = scene.schedule.endPoll(.whole, now: scene.now)
        #expect(scene.wait == .zero)
        scene.poll(finding: [8])
        #expect(!scene.losesTrust())
        scene.poll(finding: [9])
        #expect(scene.losesTrust())
    }

    @Test("Nor is what was dropped on our side, before a poll has seen it all")
    func dropped() {
        let scene = Scene()
        scene.follow()
        scene.poll(finding: [7])
        scene.schedule.catchUp()
        #expect(!scene.losesTrust())
        scene.poll(finding: [8])
        #expect(!scene.losesTrust())
        scene.poll(finding: [9])
        #expect(scene.losesTrust())
    }

    @Test("However many ends come at once, the latest are remembered")
    func many() {
        let scene = Scene()
        scene.follow()
        let last = PollSchedule.maximumRemembered + 1
        for number in 1...last { scene.schedule.hearEnd(of: [number], now: scene.now) }
        scene.poll(finding: [last - 1, last])
        #expect(!scene.losesTrust())
    }

    @Test("More than can be remembered is not held against a stream")
    func tooMany() {
        let scene = Scene()
        scene.follow()
        scene.poll(finding: Array(1...(PollSchedule.maximumRemembered + 1)))
        #expect(!scene.losesTrust())
        scene.poll(finding: Array(1...PollSchedule.maximumRemembered))
        scene.poll(finding: [0])
        scene.schedule.hearEnd(of: Array(1...PollSchedule.maximumRemembered), now: scene.now)
        #expect(!scene.losesTrust())
    }
}
