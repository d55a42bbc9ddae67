// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import LAVA
@testable import LabSimulator

@Suite(.timeLimit(.minutes(10))) struct SearchTests {
    private static let since = Date(timeIntervalSinceNow: -60)

    /// The other's is as the usual one, but for what it deploys.
    private static let other = SimulatedLab.multinode.replacing("to: tmpfs", with: "to: elsewhere")

    /// Submits a group that loses all its text.
    @discardableResult
    private func submitLost(_ lab: SimulatedLab, _ definition: String = SimulatedLab.multinode) async throws -> [Int] {
        var fault = Fault(.loseMultinodeDefinition)
        (fault.member, fault.count) = (-1, 1)
        _ = lab.simulator.faults.add(fault)
        let ids = try await lab.client.submit(definition: definition, tag: UUID())
        return try await lab.client.members(ofGroup: try #require(ids.first?.group)).map(\.number)
    }

    private func find(
        _ lab: SimulatedLab,
        _ definition: String = SimulatedLab.multinode,
        tag: UUID = UUID(),
        owned: Set<Int> = []
    ) async throws -> [LAVAJob] {
        try await lab.client.findJobs(tag: tag, since: Self.since, definition: definition) { owned.intersection($0) }
            .jobs
    }

    @Test("A group that waits in the queue, where no member names another, is found and named whole") func queued()
        async throws
    {
        try await withLab({ $0.queueMilliseconds = 600_000 }) { lab in
            let tag = UUID()
            let ids = try await lab.client.submit(definition: SimulatedLab.multinode, tag: tag)
            #expect(try await lab.client.job(1).group?.memberIDs == [])
            let members = try await lab.client.members(ofGroup: try #require(ids.first?.group))
            #expect(members.map(\.number) == [1, 2] && members.map(\.role) == ["server", "client"])
            #expect(members.map(\.subID) == ["1.0", "1.1"])
            let found = try await lab.client.findJobs(tag: tag, since: Self.since).jobs
            #expect(found.map(LAVALabJob.init) == members && found.submissions.allSatisfy(\.isWhole))
        }
    }

    @Test("A group that lost all its text is found by what it is") func lost() async throws {
        try await withLab { lab in
            try await submitLost(lab)
            let tag = UUID()
            #expect(try await lab.client.findJobs(tag: tag, since: Self.since).jobs.isEmpty)
            let found = try await find(lab, tag: tag)
            #expect(found.map(\.id) == [1, 2] && found.map(\.subID) == ["1.0", "1.1"])
            #expect(found.map(\.role) == ["server", "client"])
        }
    }

    @Test("A group of another attempt, another user, another time or another definition is left alone") func foreign()
        async throws
    {
        try await withLab { lab in
            try await submitLost(lab)
            #expect(try await find(lab, owned: [2]).isEmpty)
            #expect(try await find(lab, Self.other).isEmpty)
            let renamed = SimulatedLab.multinode.replacing("job_name: group", with: "job_name: groups")
            #expect(try await find(lab, renamed).isEmpty)
            let grown = SimulatedLab.multinode.replacing(
                "client: {device_type: sim, count: 1}",
                with: "client: {device_type: sim, count: 2}"
            )
            #expect(try await find(lab, grown).isEmpty)
            let late = try await lab.client.findJobs(
                tag: UUID(),
                since: Date(timeIntervalSinceNow: 60),
                definition: SimulatedLab.multinode,
                isOwned: { _ in [] }
            )
            #expect(late.jobs.isEmpty)
            let plain = lab.client { $0.token = LAVAToken("p") }
            let theirs = try await plain.findJobs(
                tag: UUID(),
                since: Self.since,
                definition: SimulatedLab.multinode,
                isOwned: { _ in [] }
            )
            #expect(theirs.jobs.isEmpty)
        }
    }

    @Test("A group that still has its text belongs to who submitted it, with a tag or without") func withText()
        async throws
    {
        try await withLab { lab in
            _ = try await lab.client.submit(definition: SimulatedLab.multinode, tag: UUID())
            #expect(try await find(lab).isEmpty)
            // One of two has lost it: the other says whose it is.
            var fault = Fault(.loseMultinodeDefinition)
            fault.count = 1
            _ = lab.simulator.faults.add(fault)
            _ = try await lab.client.submit(definition: SimulatedLab.multinode, tag: UUID())
            #expect(try await find(lab).isEmpty)
        }
    }

    @Test("Of groups that are alike the first is taken, and then the next") func alike() async throws {
        try await withLab { lab in
            try await submitLost(lab, Self.other)
            try await submitLost(lab)
            try await submitLost(lab)
            #expect(try await find(lab).map(\.id) == [3, 4])
            #expect(try await find(lab, owned: [3, 4]).map(\.id) == [5, 6])
            #expect(try await find(lab, owned: [3, 4, 5, 6]).isEmpty)
        }
    }

    @Test("Where the definition cannot be read, a group that may be ours is said to be in doubt") func unreadable()
        async throws
    {
        try await withLab { lab in
            let (open, close) = (String(repeating: "[", count: 5_000), String(repeating: "]", count: 5_000))
            let nested = SimulatedLab.multinode + "\nmetadata: " + open + close
            #expect(try await find(lab, nested).isEmpty)
            try await submitLost(lab)
            let error = await #expect(throws: LAVAError.self) { try await find(lab, nested) }
            #expect(error?.description.contains("job 1 has lost its definition") == true)
            // A definition that is no group's cannot have made one.
            #expect(try await find(lab, SimulatedLab.definition()).isEmpty)
        }
    }

    @Test("Of a group that was cut off in the making, what there is is found, and that it is not whole") func cut()
        async throws
    {
        try await withLab { lab in
            var fault = Fault(.cutGroup)
            fault.count = 1
            _ = lab.simulator.faults.add(fault)
            let tag = UUID()
            let error = await #expect(throws: LAVAError.self) {
                try await lab.client.submit(definition: SimulatedLab.multinode, tag: tag)
            }
            #expect(error?.requestMayHaveBeenProcessed == true && lab.jobCount == 1)
            let found = try await find(lab, tag: tag)
            #expect(found.map(\.id) == [1] && !found.submissions.allSatisfy(\.isWhole))
        }
    }

    @Test("Numbers, quotes and order do not matter between a definition and LAVA's dump of it; texts do")
    func dumps() throws {
        let definition = """
            # a comment
            job_name: "a name"   # and one more
            protocols:
              lava-multinode: {roles: {one: {count: 1}, two: {count: 2, device_type: x}}}
            metadata: {b: 0x10, path: '/srv/a b'}
            actions:
            - deploy: {role: [one, two], to: tmpfs, kernel: {url: "https://example.com/k"}}
            - test: {role: two, timeout: {minutes: 1_0}, run: &r [echo hello, yes]}
            - test: {role: [two], again: *r}
            """
        let wanted = try #require(GroupDefinition(definition))
        #expect(wanted.jobName == "a name" && wanted.size == 3 && wanted.roles == ["one", "two"])
        let group = LAVAGroup(targetGroup: "g", subID: 1, role: "two", size: 3, roles: [:])
        let dump = """
            actions:
            - deploy:
                kernel:
                  url: https://example.com/k
                role: two
                to: tmpfs
            - test:
                role: two
                run: &id001
                - echo hello
                - true
                timeout:
                  minutes: 10
            - test:
                again: *id001
                role: two
            metadata:
              b: 16
              path: /srv/a b
            """
        #expect(wanted.made(group, dump: dump))
        #expect(!wanted.made(group, dump: dump.replacing("echo hello", with: "echo hallo")))
        #expect(!wanted.made(group, dump: dump.replacing("/k", with: "/K")))
        #expect(
            !wanted.made(
                group,
                dump: dump.replacing("url: https", with: "image_arg: '{board} cases=2'\n      url: https")
            )
        )
        var other = group
        other.role = "one"
        #expect(!wanted.made(other, dump: dump))
        (other.role, other.size) = ("two", 2)
        #expect(!wanted.made(other, dump: dump))
        #expect(!wanted.made(group, dump: ""))
    }

    @Test("A hostile definition is not parsed to the end of the stack")
    func hostile() {
        let head = "job_name: a\nprotocols:\n  lava-multinode:\n    roles: {}\n"
        #expect(GroupDefinition(head) != nil)
        for body in [
            "a: " + String(repeating: "[", count: 100_000),
            "a:\n" + String(repeating: "- ", count: 100_000) + "b",
            "a: " + String(repeating: "{a: ", count: 100_000),
            (0..<2_000).map { "\(String(repeating: " ", count: $0 * 10))a:\n" }.joined(),
            String(repeating: "b: c\n", count: 300_000),
        ] {
            #expect(GroupDefinition(head + body) == nil)
        }
        let chain = "x0: &x0 [[a]]\n" + (1..<5_000).map { "x\($0): &x\($0) [[*x\($0 - 1)]]\n" }.joined()
        #expect(GroupDefinition(head + chain + "metadata: *x4999\n") != nil)
        // A billion laughs are not laughed.
        let laughs =
            "l0: &l0 [a, b, c, d, e, f, g, h]\n"
            + (1..<20).map { n in "l\(n): &l\(n) [\((0..<8).map { _ in "*l\(n - 1)" }.joined(separator: ", "))]\n" }
            .joined()
        let definition = head + laughs + "metadata: *l19\n"
        let group = LAVAGroup(targetGroup: "g", subID: 0, role: "one", roles: [:])
        #expect(
            GroupDefinition(definition.replacing("roles: {}", with: "roles: {one: {count: 1}}"))?.made(
                group,
                dump: "a: b"
            ) != true
        )
    }
}
