// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import LabSimulator

@Suite(.timeLimit(.minutes(10))) struct LateRequestTests {
    @Test("A request is carried out late, though its client has left", arguments: ["slow", "holdRequest"])
    func late(kind: String) async throws {
        try await withLab { lab in
            _ = try await lab.order("POST", "faults", Self.order(kind, "500"))
            try await Self.submitAndLeave("a", lab)
            try await eventually("the job") { try await Self.names(lab) == ["a"] }
            #expect(lab.simulator.late.count == 0)
        }
    }

    @Test("It is not carried out because its client leaves", arguments: ["slow", "holdRequest"])
    func notAtOnce(kind: String) async throws {
        try await withLab { lab in
            _ = try await lab.order("POST", "faults", Self.order(kind, "600000"))
            try await Self.submitAndLeave("a", lab)
            // Whatever the lab does about a client that has left, it has done when the next two have come and gone.
            for name in ["b", "c"] { try await Self.submitAndLeave(name, lab) }
            try await eventually("what follows") { try await Self.names(lab) == ["b", "c"] }
            #expect(lab.simulator.late.count == 1)
            let statistics = try await lab.order("GET", "stats").json
            #expect(statistics?["waiting"]?.int == 1)
        }
    }

    @Test("Who stays gets the answer", arguments: ["slow", "holdRequest"]) func answer(kind: String) async throws {
        try await withLab { lab in
            _ = try await lab.order("POST", "faults", Self.order(kind, "50"))
            let reply = try await lab.submit(Self.definition("a"))
            #expect(reply.status == 201 && reply.json?["job_ids"]?.list?.compactMap(\.int) == [1])
        }
    }

    @Test("A lab that goes down forgets what it was slow with; a front still delivers what it holds")
    func outage() async throws {
        try await withLab { lab in
            for kind in ["slow", "holdRequest"] {
                _ = try await lab.order("POST", "faults", Self.order(kind, "1500"))
                try await Self.submitAndLeave(kind, lab)
            }
            try await eventually("both to be there") { lab.simulator.late.count == 2 }
            lab.simulator.uptime.end()
            lab.simulator.uptime.begin()
            try await eventually("both to be over") { lab.simulator.late.count == 0 }
            #expect(try await Self.names(lab) == ["holdRequest"])
        }
    }

    @Test("A front holds one request in three") func oneInThree() async throws {
        try await withLab { lab in
            let order = #"{"match": {"method": "POST"}, "kind": "holdRequest", "delay_ms": 600000, "every": 3}"#
            _ = try await lab.order("POST", "faults", order)
            for place in 1...7 { try await Self.submitAndLeave("\(place)", lab) }
            try await eventually("the others") { try await Self.names(lab) == ["1", "2", "4", "5", "7"] }
            #expect(lab.simulator.late.count == 2)
        }
    }

    @Test("A front holds a request until the same comes again, and both are carried out") func untilRepeat()
        async throws
    {
        try await withLab { lab in
            _ = try await lab.order(
                "POST",
                "faults",
                #"{"kind": "holdUntilRepeat", "match": {"method": "POST"}, "count": 1}"#
            )
            try await Self.submitAndLeave("a", lab)
            try await Self.submitAndLeave("b", lab)
            #expect(try await Self.names(lab) == ["b"] && lab.simulator.late.count == 1)
            try await Self.submitAndLeave("a", lab)
            try await eventually("both") { try await Self.names(lab) == ["b", "a", "a"] }
            try await eventually("nothing to wait") { lab.simulator.late.count == 0 }
        }
    }

    @Test("A front holds a request until the next is held, and delivers it before that") func untilNext() async throws {
        try await withLab { lab in
            _ = try await lab.order(
                "POST",
                "faults",
                #"{"kind": "holdUntilNext", "match": {"method": "POST"}, "count": 1}"#
            )
            _ = try await lab.order("POST", "faults", Self.order("holdRequest", "600000"))
            try await Self.submitAndLeave("a", lab)
            #expect(try await Self.names(lab).isEmpty && lab.simulator.late.count == 1)
            try await Self.submitAndLeave("a", lab)
            try await eventually("the first") { try await Self.names(lab) == ["a"] }
            try await eventually("the second to wait alone") { lab.simulator.late.count == 1 }
        }
    }

    private static func order(_ kind: String, _ milliseconds: String) -> String {
        #"{"match": {"method": "POST"}, "kind": "\#(kind)", "delay_ms": \#(milliseconds), "count": 1}"#
    }

    private static func definition(_ name: String) -> String {
        "{device_type: sim, job_name: '\(name)', visibility: public, timeouts: {job: {minutes: 1}}, actions: []}"
    }

    /// Submits on a connection that is closed once the request has been carried out, or is to be later.
    private static func submitAndLeave(_ name: String, _ lab: LabUnderTest) async throws {
        let body = String(decoding: try JSONEncoder().encode(["definition": definition(name)]), as: UTF8.self)
        let request = """
            POST /api/v0.2/jobs/ HTTP/1.1\r
            Host: lab\r
            Authorization: Token \(LabUnderTest.admin)\r
            Content-Type: application/json\r
            Content-Length: \(body.utf8.count)\r
            \r
            \(body)
            """
        func arrived() -> Int { lab.simulator.late.count + lab.simulator.lab.withState { $0.jobs.count } }
        let before = arrived()
        let connection = try await RawConnection(port: lab.port, saying: request)
        try await eventually("\(name) to arrive") { arrived() > before }
        await connection.close()
    }

    private static func names(_ lab: LabUnderTest) async throws -> [String] {
        let rows = try await lab.ask("GET", "/jobs/?ordering=id").json?["results"]?.list ?? []
        return rows.compactMap { $0["description"]?.text }
    }
}
