// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Watcher

@Suite("When a lab is polled")
struct PollScheduleTests {
    @Test("A lab that was never asked is asked at once")
    func first() {
        #expect(Scene().wait == .zero)
    }

    @Test("A lab without events is asked often")
    func withoutEvents() {
        let scene = Scene()
        scene.poll()
        #expect(scene.wait == Scene.often)
        scene.pass(Scene.often)
        #expect(scene.wait == .zero)
    }

    @Test("A stream that says nothing is no reason to ask seldom")
    func silentStream() {
        let scene = Scene()
        scene.schedule.connect()
        scene.poll()
        #expect(scene.wait == Scene.often)
    }

    @Test("While events come the lab is asked seldom")
    func events() {
        let scene = Scene()
        scene.follow()
        #expect(scene.schedule.isTrusted)
        #expect(scene.wait == Scene.seldom)
    }

    @Test("What is heard while no stream is open makes none trusted")
    func heardUnconnected() {
        let scene = Scene()
        scene.schedule.hear()
        scene.schedule.hearFirst()
        scene.poll()
        #expect(!scene.schedule.isTrusted)
        #expect(scene.wait == Scene.often)
    }

    @Test("A new stream is asked after once, however lately the lab was asked")
    func catchUpOnConnecting() {
        let scene = Scene()
        scene.poll()
        scene.schedule.connect()
        #expect(scene.wait == .zero)
        scene.poll()
        #expect(scene.wait == Scene.often)
    }

    @Test("Events that were dropped are asked after once")
    func catchUpOnOverflow() {
        let scene = Scene()
        scene.follow()
        scene.schedule.catchUp()
        #expect(scene.wait == .zero)
        scene.poll()
        #expect(scene.wait == Scene.seldom)
    }

    @Test("A stream that is lost is asked after when it might be back, and then often")
    func lost() {
        let scene = Scene()
        scene.follow()
        scene.pass(.seconds(30))
        scene.schedule.disconnect(now: scene.now)
        #expect(!scene.schedule.isConnected)
        #expect(scene.wait == Scene.often)
        scene.pass(Scene.often)
        scene.poll()
        #expect(scene.wait == Scene.often)
    }

    @Test("A stream that can't be opened puts no poll off")
    func neverOpened() {
        let scene = Scene()
        scene.poll()
        scene.pass(.seconds(1))
        scene.schedule.disconnect(now: scene.now)
        #expect(scene.wait == .seconds(1))
    }

    @Test("A lab that fails is asked often, and is back once")
    func failing() {
        let scene = Scene()
        scene.follow()
        #expect(!scene.poll(.failed(rest: nil)))
        #expect(scene.schedule.isFailing)
        #expect(scene.wait == Scene.often)
        #expect(!scene.poll(.failed(rest: nil)))
        #expect(scene.poll())
        #expect(!scene.poll())
        #expect(scene.wait == Scene.seldom)
    }

    @Test("A lab that wants to be left alone is, even by a new stream")
    func rest() {
        let scene = Scene()
        scene.follow()
        scene.poll(.failed(rest: .seconds(20)))
        #expect(scene.wait == .seconds(20))
        scene.schedule.connect()
        scene.pass(.seconds(19))
        #expect(scene.wait == .seconds(1))
        scene.pass(.seconds(1))
        #expect(scene.wait == .zero)
        scene.poll()
        #expect(scene.wait == Scene.often)
    }

    @Test("While fetches fail the lab is asked often, for that tells when it is back")
    func suspect() {
        let scene = Scene()
        scene.follow()
        scene.schedule.suspect(true)
        #expect(scene.wait == Scene.often)
        scene.schedule.suspect(false)
        #expect(scene.wait == Scene.seldom)
    }

    @Test("A poll that our own database cut short is made up for soon, whatever the events are worth")
    func interrupted() {
        let scene = Scene()
        scene.schedule.connect()
        scene.schedule.hear()
        scene.poll(.interrupted)
        #expect(!scene.schedule.isFailing)
        #expect(scene.wait == Scene.often)
        scene.poll()
        #expect(scene.wait == Scene.seldom)
    }

    @Test("The rest of what was too much for one poll is asked for soon")
    func partial() {
        let scene = Scene()
        scene.follow()
        scene.poll(.partial)
        #expect(scene.wait == Scene.often)
        scene.poll()
        #expect(scene.wait == Scene.seldom)
    }
}
