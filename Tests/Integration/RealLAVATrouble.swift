// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Testing

extension RealLAVA {
    /// A lab that does not answer, or not us.
    @Suite struct Trouble {
        @Test("A token that the lab refuses stops its submissions and fails no job; with the right one all complete")
        func refusedToken() async throws {
            try await RealLAVA.with(token: "no-such-token") { bench in
                let fleet = bench.fleet
                try fleet.startAll()
                let id = try await bench.publish(Array(repeating: try RealLab.sample("pass"), count: 3))
                try await eventually("the lab to be stopped") {
                    try await fleet.store.backendStatuses().first?.stoppedReason != nil
                }
                let reason = try #require(try await fleet.store.backendStatuses().first?.stoppedReason)
                #expect(reason.contains("Invalid token"), "\(reason)")
                #expect(!reason.contains("no-such-token"))
                let waiting = try #require(try await fleet.store.jobset(id: id))
                #expect(waiting.pending == 3)
                #expect(waiting.outcomes.isEmpty)

                try fleet.reconfigure("lava") { $0.token = bench.lab.address.token }
                for role in [TestFleet.Role.submitter, .watcher] {
                    for process in fleet.running(role) {
                        process.terminate()
                        try await process.waitUntilExit()
                    }
                    try fleet.start(role)
                }
                #expect(try await fleet.waitUntilFinished(id).outcomes == ["complete": 3])
                #expect(try await fleet.store.backendStatuses().first?.stoppedReason == nil)
                try await bench.expectOneLabJobEach()
            }
        }

        @Test("A lab that cannot be reached while its jobs end is asked as soon as it can be")
        func unreachable() async throws {
            try await RealLAVA.with { bench in
                let fleet = bench.fleet
                try fleet.startAll()
                let id = try await bench.publish(Array(repeating: try RealLab.sample("pass", seconds: 3), count: 8))
                try await eventually("all to be in the lab") { try await fleet.attempts().count == 8 }
                for proxy in [bench.api, bench.stream] { proxy.cutAll(andRefuse: true) }
                try await eventually("the lab to finish all of it") {
                    try await bench.lab.jobs().allSatisfy { $0.state == "Finished" }
                }
                #expect(try await fleet.store.jobset(id: id)?.pending == 8)
                for proxy in [bench.api, bench.stream] { proxy.letThrough() }
                let reachable = ContinuousClock.now
                #expect(try await fleet.waitUntilFinished(id).outcomes == ["complete": 8])
                print("noticed \(ContinuousClock.now - reachable) after the lab could be reached again")
                try await fleet.waitForCallback(of: id)
                try await bench.expectOneLabJobEach()
            }
        }

        @Test("A web server that is down for five seconds while its jobs run loses none of them")
        func downServer() async throws {
            try await RealLAVA.with { bench in
                let fleet = bench.fleet
                try fleet.startAll()
                let id = try await bench.publish(Array(repeating: try RealLab.sample("pass", seconds: 4), count: 8))
                try await eventually("all to run") {
                    let states = try await bench.lab.jobs().map(\.state)
                    return states.count == 8 && states.allSatisfy { $0 == "Running" }
                }
                try await RealLab.control("stop", "gunicorn", "--immediate")
                try await Task.sleep(for: .seconds(5))
                try await RealLab.control("start", "gunicorn")
                try await bench.lab.waitUntilUp()
                let up = ContinuousClock.now
                #expect(try await fleet.waitUntilFinished(id).outcomes == ["complete": 8])
                // That includes the time that LAVA's own worker takes to tell its server.
                print("noticed \(ContinuousClock.now - up) after LAVA was up again")
                try await fleet.waitForCallback(of: id)
                try await bench.expectOneLabJobEach()
            }
        }
    }
}
