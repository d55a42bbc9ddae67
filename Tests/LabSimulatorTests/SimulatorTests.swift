// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import LabSimulator

@Suite(.timeLimit(.minutes(10))) struct SimulatorTests {
    private static func tagged(_ tag: String, _ rest: String = "") throws -> String {
        "# muster: \(tag)\n\(try definition("sim-pass"))\n\(rest)"
    }

    @Test("Any needle is found wherever it is, tag or not") func needles() async throws {
        try await withLab { lab in
            let tag = UUID().uuidString.lowercased()
            let inner = UUID().uuidString.lowercased()
            _ = try await lab.submit(try Self.tagged(tag, "# and muster: \(inner) within"))
            _ = try await lab.submit(try Self.tagged(UUID().uuidString.lowercased()))
            _ = try await lab.submit(
                try definition("multinode").replacingOccurrences(of: "# two", with: "# muster: \(tag)\n# two")
            )
            for (field, needle, ids) in [
                ("original", "muster: \(tag)", [1]), ("original", "muster: \(inner)", [1]),
                ("original", "# muster: \(tag)", [1]), ("original", "x muster: \(tag)", []),
                ("original", String(tag.prefix(20)), [1]), ("original", tag.uppercased(), []),
                ("original", "FLEET-START", [1, 2, 3, 4]), ("original", "no such text", []),
                ("original", "\n# Complete", [1, 2]), ("multinode", "muster: \(tag)", [3, 4]),
            ] {
                let query = needle.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
                let reply = try await lab.ask("GET", "/jobs/?\(field)_definition__contains=\(query)&ordering=id")
                #expect(reply.json?["results"]?.list?.compactMap { $0["id"]?.int } == ids, "\(needle)")
            }
        }
    }

    @Test("The log accounts for every request and every job, without a token") func log() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "labsim-\(UUID().uuidString).log").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let tag = UUID().uuidString.lowercased()
        try await withLab({ $0.logPath = path }) { lab in
            _ = try await lab.submit(try Self.tagged(tag))
            _ = try await lab.ask("GET", "/jobs/1/")
            _ = try await lab.order("POST", "faults", #"{"kind":"loseJob","count":1}"#)
            _ = try await lab.submit(try Self.tagged(tag))
            #expect(try await lab.ask("GET", "/jobs/2/").status == 404)
        }
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(!text.contains(LabUnderTest.admin))
        let lines = text.split(separator: "\n").compactMap { JSON.parse(String($0)) }
        func events(_ name: String) -> [JSON] { lines.filter { $0["event"]?.text == name } }
        #expect(events("job.created").map { $0["tag"]?.text } == [tag, tag])
        #expect(events("job.finished").count == 2 && events("job.lost").map { $0["id"]?.int } == [2])
        #expect(events("request").map { $0["status"]?.int } == [201, 200, 201, 404])
    }

    @Test("Faults are ordered, counted, listed and cleared") func faults() async throws {
        try await withLab { lab in
            let order = #"{"match":{"method":"GET","path":"jobs/*/"},"kind":"status","status":502,"count":2}"#
            let ordered = try await lab.order("POST", "faults", order)
            #expect(ordered.status == 201 && ordered.json?["id"]?.int == 1)
            _ = try await lab.submit(try definition("sim-pass"))
            var statuses: [Int] = []
            for path in ["/jobs/1/", "/jobs/1/tests/", "/jobs/1/", "/jobs/1/"] {
                statuses.append(try await lab.ask("GET", path).status)
            }
            #expect(statuses == [502, 200, 502, 200])
            let listed = try await lab.order("GET", "faults")
            #expect(listed.json?.list?.first?["met"]?.int == 2)
            _ = try await lab.order("DELETE", "faults")
            #expect(try await lab.order("GET", "faults").json == .list([]))
            for wrong in ["", "{}", #"{"kind":"nonsense"}"#] {
                #expect(try await lab.order("POST", "faults", wrong).status == 400)
            }
        }
    }

    @Test("A chance with a seed comes again") func chance() async throws {
        func pattern() async throws -> [Int] {
            try await withLab { lab in
                _ = try await lab.order("POST", "faults", #"{"kind":"status","status":503,"probability":0.5,"seed":7}"#)
                var statuses: [Int] = []
                for _ in 0..<20 { statuses.append(try await lab.ask("GET", "/system/version/").status) }
                return statuses
            }
        }
        let first = try await pattern()
        #expect(Set(first) == [200, 503])
        #expect(try await pattern() == first)
    }

    @Test("After a restart the lab has its jobs, or none", arguments: [true, false])
    func restart(isKept: Bool) async throws {
        try await withLab { lab in
            _ = try await lab.submit(try definition("sim-pass"))
            let reply = try await lab.order("POST", "restart", #"{"down_ms":50,"keep":\#(isKept)}"#)
            #expect(reply.status == 202)
            // Before the restart took hold, the old lab may still answer.
            try await eventually("the lab to be back") {
                try await lab.ask("GET", "/jobs/1/").status == (isKept ? 200 : 404)
            }
        }
    }

    @Test("A job is forced to an end, whatever was planned for it") func force() async throws {
        try await withLab({ $0.devices = ["sim": 1] }) { lab in
            for _ in 0..<2 { _ = try await lab.submit(try definition("slow")) }
            _ = try await lab.job(1, in: "Running")
            let order = #"{"state":"Finished","health":"Incomplete","error_type":"Infrastructure","error_msg":"gone"}"#
            #expect(try await lab.order("POST", "jobs/1", order).status == 200)
            let job = try await lab.job(1, in: "Finished")
            #expect(job["health"]?.text == "Incomplete")
            _ = try await lab.job(2, in: "Running")
            let reason = try await lab.ask("GET", "/jobs/1/tests/?name=job")
            #expect(reason.text.contains("error_msg: gone") && reason.text.contains("error_type: Infrastructure"))
            #expect(try await lab.order("POST", "jobs/9", order).status == 404)
            #expect(try await lab.order("POST", "jobs/1", #"{"state":"nonsense"}"#).status == 404)
        }
    }

    @Test("Hostile definitions are refused, not fatal") func hostile() async throws {
        try await withLab { lab in
            let head = "device_type: sim\njob_name: a\nvisibility: public\ntimeouts: {job: {minutes: 1}}\nactions: "
            let bomb =
                "[]\ncontext:\n  a: &a [x,x,x,x,x,x,x,x,x,x]\n"
                + (0..<8).map {
                    "  b\($0): &b\($0) ["
                        + Array(repeating: $0 == 0 ? "*a" : "*b\($0 - 1)", count: 10).joined(separator: ",") + "]\n"
                }.joined()
            for rest in [
                String(repeating: "[", count: 5_000), String(repeating: "- ", count: 5_000), bomb, "{? : }",
                "!!binary x", YAMLBomb.text(for: "a", levels: 14, inKey: true), "[&a [*a]]",
                "[]\n" + (0..<999).map { "a\($0): &a\($0) [[\($0 > 0 ? "*a\($0 - 1)" : "x")]]\n" }.joined(),
            ] {
                let reply = try await lab.submit(head + rest)
                #expect([201, 400].contains(reply.status))
            }
            #expect(try await lab.ask("GET", "/system/version/").status == 200)
        }
    }
}
