// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOHTTP1
import Testing

@testable import LabSimulator

/// What was captured of a real LAVA besides submissions, asked here.
@Suite(.timeLimit(.minutes(10))) struct CaptureTests {
    /// What is not simulated, and why: nothing of Muster's asks for it.
    static let uncovered: Set<String> = [
        // Tokens from passwords, settings, other API versions.
        "token from user and password", "token, wrong password", "master_config", "api root", "v0.1 version",
        // Devices and workers have no pages of their own here.
        "devices, anonymous", "device types", "device", "workers",
        // The other forms of results; `tests/` is the one with full decimals.
        "junit/", "tap13/", "csv/", "yaml/", "metadata/", "logs/", "logs/?start=2&end=4", "tests of one suite",
        "GET junit while Submitted", "GET junit while Scheduled", "GET junit while Running",
        // Changing jobs other than by canceling them.
        "resubmit", "resubmit, GET", "resubmit unknown", "resubmit anonymous", "DELETE job, plain user", "PATCH job",
        "resubmit a member", "XML-RPC scheduler.jobs.show('39.1')",
    ]

    /// Compares a reply with a capture: status, type, and body but for what belongs to one run.
    private func expect(_ reply: LabUnderTest.Reply, _ capture: Capture) {
        #expect(reply.status == capture.status)
        if let type = capture.contentType { #expect(reply.contentType == type) }
        if let location = capture.location { #expect(reply.headers.first(name: "location") == location) }
        if capture.isHTML {
            guard let words = capture.words else { return }
            let escaped = words.contains("&") ? words : words.replacingOccurrences(of: "'", with: "&#x27;")
            #expect(reply.text.contains(escaped) || capture.status == 404, "\(reply.text)")
        } else if capture.contentType == "application/json" {
            #expect(reply.json?.normalised == JSON.parse(capture.body)?.normalised, "\(reply.text)")
        }
    }

    @Test("Who comes is judged as a real LAVA judges", arguments: try Capture.all("rest-auth"))
    func authentication(capture: Capture) async throws {
        if Self.uncovered.contains(capture.title) { return }
        try await withLab({ $0.allowedHosts = ["127.0.0.1"] }) { lab in
            _ = try await lab.submit(try definition("sim-pass"))
            let isOther = capture.path.hasPrefix("http")
            let path = isOther ? "//api/v0.3/jobs/" : capture.path
            let reply = try await lab.ask(capture.method, path, headers: capture.requestHeaders ?? [:])
            if capture.title == "jobs list, anonymous" {
                #expect(reply.status == 200 && reply.json?["results"]?.list?.count == 1)
            } else {
                expect(reply, capture)
            }
        }
    }

    @Test("A list is answered as a real LAVA answers it", arguments: try Capture.all("rest-lists"))
    func lists(capture: Capture) async throws {
        try await withLab { lab in
            for name in ["sim-pass", "fail-incomplete", "fail-noimage"] {
                _ = try await lab.submit(try definition(name))
            }
            let reply = try await lab.ask(capture.method, capture.path, headers: [:])
            #expect(reply.status == capture.status)
            guard capture.status == 200 else {
                if !capture.isHTML { expect(reply, capture) }
                if capture.isHTML, let words = capture.words { #expect(reply.text.contains(words), "\(reply.text)") }
                return
            }
            let page = try #require(reply.json)
            #expect(page["count"]?.int != nil && page["results"]?.list != nil)
        }
    }

    @Test("Pages, links and filters of a list agree with the captured ones") func listDetails() async throws {
        try await withLab { lab in
            for _ in 1...51 { _ = try await lab.submit(try definition("sim-pass")) }
            func page(_ query: String) async throws -> JSON {
                try #require(try await lab.ask("GET", "/jobs/\(query)").json)
            }
            let origin = "http://127.0.0.1:\(lab.port)/api/v0.2/jobs/"
            for query in ["", "?limit=0", "?limit=-1"] {
                let first = try await page(query)
                #expect(first["results"]?.list?.count == 50 && first["count"]?.int == 51)
                #expect(first["next"]?.text == "\(origin)?limit=50&offset=50")
            }
            let filtered = try await page("?state=Finished&limit=2")
            #expect(filtered["next"]?.text == "\(origin)?limit=2&offset=2&state=Finished")
            let encoded = try await page("?health__in=Complete,Canceled&limit=2")
            #expect(encoded["next"]?.text == "\(origin)?health__in=Complete%2CCanceled&limit=2&offset=2")
            let past = try await page("?limit=2&offset=100000")
            #expect(past["previous"]?.text == "\(origin)?limit=2&offset=99998" && past["next"] == .null)
            let ignored = try await page("?nonsense=1&limit=1")
            #expect(ignored["count"]?.int == 51)
            let decimal = try await page("?id__in=17.0")
            #expect(decimal["results"]?.list?.first?["id"]?.int == 17)
            let repeated = try await page("?id__in=1&id__in=2")
            #expect(repeated["results"]?.list?.compactMap { $0["id"]?.int } == [2])
            let backwards = try await page("?ordering=-end_time&limit=2")
            #expect(backwards["results"]?.list?.compactMap { $0["id"]?.int } == [51, 50])
            let unordered = try await page("?limit=51")
            #expect(unordered["results"]?.list?.compactMap { $0["id"]?.int } != Array(1...51))
            let day = try await lab.ask("GET", "/jobs/?end_time__gt=2026-11-23")
            #expect(day.status == 400)
        }
    }

    @Test("A job goes through LAVA's states, with LAVA's fields") func states() async throws {
        try await withLab({
            $0.devices = ["sim": 0]
            $0.startMilliseconds = 600_000
        }) { lab in
            // Each state lasts until it is ended by an order.
            let text = try definition("slow").replacingOccurrences(of: "sleep=90", with: "sleep=6")
            expect(try await lab.submit(text), try Capture.one("rest-states", "submit"))
            for (state, path, order) in [
                ("Submitted", "devices", #"{"sim": 1}"#),
                ("Scheduled", "jobs/1", #"{"state": "Running", "run_ms": 600000}"#),
                ("Running", "jobs/1", #"{"state": "Finished"}"#), ("Finished", "", ""),
            ] {
                let job = try await lab.job(1, in: state)
                let captured = try JSON.parse(Capture.one("rest-states", "GET job, \(state)").body)
                #expect(job.normalised == captured?.normalised, "\(state)")
                if state != "Finished" {
                    for what in ["tests", "suites", "logs"] {
                        let reply = try await lab.ask("GET", "/jobs/1/\(what)/")
                        expect(reply, try Capture.one("rest-states", "GET \(what) while \(state)"))
                    }
                    _ = try await lab.order("POST", path, order)
                }
            }
        }
    }

    @Test("Results and suites look like LAVA's") func results() async throws {
        try await withLab { lab in
            _ = try await lab.submit(try definition("sim-testfail"))
            for (title, path) in [
                ("suites/", "/jobs/1/suites/"), ("unknown job tests", "/jobs/99999/tests/"),
                ("unknown job logs", "/jobs/99999/logs/"), ("tests/?name=job", "/jobs/1/tests/?name=job"),
            ] {
                expect(try await lab.ask("GET", path), try Capture.one("rest-results", title))
            }
            let capture = try #require(JSON.parse(try Capture.one("rest-results", "tests/").body))
            let reply = try #require(try await lab.ask("GET", "/jobs/1/tests/").json)
            #expect(reply["count"] == capture["count"])
            let rows = try #require(reply["results"]?.list)
            for (row, captured) in zip(rows, try #require(capture["results"]?.list)) {
                for key in ["name", "result", "unit"] { #expect(row[key] == captured[key]) }
                #expect(row["resource_uri"]?.normalised == captured["resource_uri"]?.normalised)
                guard case .object(let fields) = row, case .object(let known) = captured else { continue }
                #expect(Set(fields.keys) == Set(known.keys))
            }
            let failed = try await lab.ask("GET", "/jobs/1/tests/?result=fail")
            #expect(failed.json?["count"]?.int == 2)
            let suite = try await lab.ask("GET", "/jobs/1/tests/?suite__name=fleet&limit=1")
            #expect(suite.json?["count"]?.int == 4)
        }
    }

    @Test(
        "A failed job says why in LAVA's words",
        arguments: [("fail-incomplete", "fail-incomplete"), ("fail-timeout", "fail-timeout")]
    )
    func failures(name: String, title: String) async throws {
        try await withLab { lab in
            let text = try definition(name).replacingOccurrences(of: "{seconds: 8}", with: "{seconds: 1}")
            _ = try await lab.submit(text)
            let job = try await lab.job(1, in: "Finished")
            #expect(job["health"]?.text == "Incomplete")
            let reply = try await lab.ask("GET", "/jobs/1/tests/?name=job")
            var capture = try Capture.one("rest-failures", "\(title): where the reason is")
            capture.body = capture.body.replacingOccurrences(of: "after 8 seconds", with: "after 1 seconds")
            expect(reply, capture)
        }
    }

    @Test("A multinode group looks like LAVA's") func multinode() async throws {
        try await withLab { lab in
            expect(try await lab.submit(try definition("multinode")), try Capture.one("rest-multinode", "submit"))
            for path in ["/jobs/1.0/", "/jobs/1.1/"] {
                expect(try await lab.ask("GET", path), try Capture.one("rest-multinode", "GET by sub id"))
            }
            let job = try await lab.job(1, in: "Finished")
            let text = try Capture.one("rest-multinode", "GET pk 39").body
                .replacingOccurrences(of: "'39'", with: "'1'").replacingOccurrences(of: "'40'", with: "'2'")
            let captured = try #require(JSON.parse(text))
            for key in ["definition", "original_definition", "multinode_definition"] {
                let group = "[0-9a-f]{8}-[0-9a-f-]{27}"
                func plain(_ json: JSON) -> String? {
                    json[key]?.text?.replacingOccurrences(of: group, with: "<group>", options: .regularExpression)
                }
                #expect(plain(job) == plain(captured))
            }
            #expect(job.keys == captured.keys)
        }
    }

    @Test("Canceling is answered as a real LAVA answers it") func cancel() async throws {
        try await withLab({ $0.startMilliseconds = 0 }) { lab in
            func captured(_ title: String) throws -> Capture { try Capture.one("rest-actions", title) }
            _ = try await lab.order("POST", "devices", #"{"sim": 0}"#)
            _ = try await lab.submit(try definition("slow"))
            expect(try await lab.ask("GET", "/jobs/1/cancel/"), try captured("cancel at once (Submitted)"))
            let canceled = try await lab.job(1, in: "Finished")
            #expect(canceled["health"]?.text == "Canceled" && canceled["actual_device"] == .null)
            #expect(canceled["start_time"] == canceled["end_time"])
            expect(try await lab.ask("GET", "/jobs/1/cancel/"), try captured("cancel a Finished job"))
            expect(try await lab.ask("POST", "/jobs/1/cancel/"), try captured("cancel by POST"))
            expect(try await lab.ask("GET", "/jobs/99999/cancel/"), try captured("cancel unknown job"))
            expect(try await lab.ask("GET", "/jobs/1/cancel/", headers: [:]), try captured("cancel anonymous"))
            _ = try await lab.order("POST", "devices", #"{"sim": 1}"#)
            _ = try await lab.submit(try definition("slow"))
            _ = try await lab.job(2, in: "Running")
            let plain = ["Authorization": "Token \(LabUnderTest.plain)"]
            let other = try await lab.ask("GET", "/jobs/2/cancel/", headers: plain)
            expect(other, try captured("cancel another user's Running job, no rights"))
            let nobody = try await lab.ask("GET", "/jobs/2/cancel/", headers: [:])
            expect(nobody, try captured("cancel Running job anonymous"))
            expect(try await lab.ask("GET", "/jobs/2/cancel/"), try captured("cancel twice (1)"))
            expect(try await lab.ask("GET", "/jobs/2/cancel/"), try captured("cancel twice (2)"))
            _ = try await lab.job(2, in: "Finished")
            expect(
                try await lab.ask("GET", "/jobs/2/tests/?name=job"),
                try Capture.one("rest-states", "lava.job test case of a canceled job")
            )
        }
    }

    @Test("What is wanted is judged as a real LAVA judges") func negotiation() async throws {
        try await withLab { lab in
            _ = try await lab.submit(try definition("sim-pass"))
            let page = try await lab.ask("GET", "/jobs/1/", headers: ["Accept": "text/html"])
            #expect(page.status == 200 && page.contentType == "text/html; charset=utf-8")
            let yaml = try await lab.ask("GET", "/jobs/1/", headers: ["Accept": "application/yaml"])
            #expect(yaml.status == 406 && yaml.text == #"{"detail":"Could not satisfy the request Accept header."}"#)
            let twice = [try definition("sim-pass"), try definition("sim-pass")]
            for text in twice { _ = try await lab.submit(text) }
            let both = try await lab.ask("GET", "/jobs/?description=fleet-sim-pass")
            #expect(both.json?["count"]?.int == 3)
        }
    }
}

extension JSON {
    fileprivate var keys: Set<String> {
        if case .object(let fields) = self { return Set(fields.keys) }
        return []
    }
}
