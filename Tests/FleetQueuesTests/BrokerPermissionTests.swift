// SPDX-License-Identifier: Apache-2.0

import AMQP
import FleetQueues
import Testing

@Suite("The permissions of the workers' user")
struct BrokerPermissionTests {
    @Test("They match all names of the fleet and none of another's")
    func names() throws {
        let topology = FleetTopology(prefix: "team.a", backends: ["lab-a", "lab-b"])
        let permissions = BrokerPermissions(prefix: topology.prefix)
        let declared = topology.topology.merging(topology.eventTopology)
        let names = declared.queues.map(\.name) + declared.exchanges.map(\.name) + ["team.a.answers.1"]
        for pattern in [permissions.configure, permissions.write, permissions.read] {
            let expression = try Regex(pattern)
            for name in names { #expect(name.firstMatch(of: expression) != nil, "\(name)") }
            for name in ["team-a", "team.ab", "xteam.a", "teamxa.jobsets", "amq.direct", ""] {
                #expect(name.firstMatch(of: expression) == nil, "\(name)")
            }
        }
        let (write, read) = (try Regex(permissions.write), try Regex(permissions.read))
        #expect("amq.default".firstMatch(of: write) != nil)
        #expect("amq.default".firstMatch(of: read) == nil)
    }

    @Test("What is tried has every kind of name once, and the events only if there are any")
    func tried() {
        let topology = FleetTopology(prefix: "m", backends: ["a", "b", "c"])
        let names = Set(topology.permissionsToTry(hasEvents: false).map(\.name))
        #expect(
            names == [
                "m", "m.dead", "m.jobsets", "m.notifications", "m.answers.permission", "m.jobs.a", "m.finished.a",
                "m.delay.1s", "amq.default",
            ]
        )
        let ofEvents = topology.permissionsToTry(hasEvents: true).filter { $0.name == "m.events" }.map(\.operation)
        #expect(ofEvents == [.configure, .write])
    }
}
