// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import Foundation
import NIOCore
import NIOSSL
import TestSupport
import Testing

@testable import LabSimulator

@Suite(.timeLimit(.minutes(10))) struct FaultyLabTests {
    private static func job(_ metadata: String, name: String = "a") -> String {
        """
        device_type: sim
        job_name: \(name)
        visibility: public
        timeouts: {job: {minutes: 1}}
        metadata: {\(metadata)}
        actions: []
        """
    }

    @Test("A fault meets every second request, and no more than it may") func every() async throws {
        try await withLab { lab in
            _ = try await lab.order("POST", "faults", #"{"kind":"status","status":502,"every":2,"count":2}"#)
            var statuses: [Int] = []
            for _ in 0..<7 { statuses.append(try await lab.ask("GET", "/system/version/").status) }
            #expect(statuses == [200, 502, 200, 502, 200, 200, 200])
        }
    }

    @Test("Every second connection is reset before it asks") func connections() async throws {
        try await withLab { lab in
            _ = try await lab.order("POST", "faults", #"{"kind":"resetConnection","every":2}"#)
            var outcomes: [Bool] = []
            for _ in 0..<4 {
                let request = "GET /api/v0.2/system/version/ HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n\r\n"
                // Where it is reset before this end knows that it is connected, connecting fails.
                guard let connection = try? await RawConnection(port: lab.port, saying: request) else {
                    outcomes.append(false)
                    continue
                }
                let heard = try await connection.hear("an answer, or the end") { bytes, isClosed in
                    isClosed || String(decoding: bytes, as: UTF8.self).contains("version")
                }
                outcomes.append(!heard.isEmpty)
            }
            #expect(outcomes == [true, false, true, false])
            #expect(lab.simulator.faults.all.first?.met == 2)
        }
    }

    @Test("The first tries of a name fail as labs do, and the next do not") func failFirst() async throws {
        try await withLab { lab in
            for name in ["a", "a", "a", "b"] {
                _ = try await lab.submit(Self.job("sim.run_ms: 0, sim.fail_first: 2", name: name))
            }
            _ = try await lab.submit(
                Self.job("sim.run_ms: 0, sim.fail_first: 1, sim.error_type: Job, sim.error_msg: gone", name: "c")
            )
            var healths: [String?] = []
            for id in 1...5 { healths.append(try await lab.job(id, in: "Finished")["health"]?.text) }
            #expect(healths == ["Incomplete", "Incomplete", "Complete", "Incomplete", "Incomplete"])
            let usual = try await lab.ask("GET", "/jobs/1/tests/?name=job").text
            #expect(usual.contains("error_type: Infrastructure") && usual.contains("error_msg: Connection closed"))
            let told = try await lab.ask("GET", "/jobs/5/tests/?name=job").text
            #expect(told.contains("error_type: Job") && told.contains("error_msg: gone"))
            let fine = try await lab.ask("GET", "/jobs/3/tests/?name=job").text
            #expect(!fine.contains("error_type"))
        }
    }

    @Test("A job has fifty thousand cases, and any page of them") func cases() async throws {
        try await withLab { lab in
            _ = try await lab.submit(Self.job("sim.run_ms: 0, sim.cases: 50000"))
            let page = try await lab.ask("GET", "/jobs/1/tests/?ordering=id&limit=1000&offset=50000").json
            #expect(page?["count"]?.int == 50_005)
            let names = page?["results"]?.list?.compactMap { $0["name"]?.text }
            #expect(names == (49_996...50_000).map { "case_\($0)" })
            let first = try await lab.ask("GET", "/jobs/1/tests/?limit=6").json?["results"]?.list
            #expect(first?.compactMap { $0["id"]?.int } == Array(1...6))
            #expect(first?.last?["name"]?.text == "case_1")
            #expect(try await lab.ask("GET", "/jobs/1/tests/?name=case_777").json?["count"]?.int == 1)
        }
    }

    @Test("A LAVA of 2023 takes no batches; one of 2024 cancels what it may") func batches() async throws {
        let body = HTTPClientRequest.Body.bytes(ByteBuffer(string: #"{"job_ids":[1,2,9]}"#))
        let headers = LabUnderTest.adminHeaders.merging(["Content-Type": "application/json"]) { $1 }
        try await withLab { lab in
            let reply = try await lab.ask("POST", "/jobs/batch_cancel/", headers: headers, body: body)
            #expect(reply.status == 405 && reply.json?["detail"]?.text == "Method \"POST\" not allowed.")
        }
        try await withLab({ $0.version = "2024.05" }) { lab in
            for _ in 0..<2 { _ = try await lab.submit(Self.job("sim.run_ms: 600000")) }
            let reply = try await lab.ask("POST", "/jobs/batch_cancel/", headers: headers, body: body)
            #expect(reply.status == 200 && reply.json?["job_ids"]?.list?.compactMap(\.int) == [1, 2])
            #expect(reply.json?["invalid_job_ids"]?.list?.compactMap(\.int) == [9])
            for id in 1...2 { #expect(try await lab.job(id, in: "Finished")["health"]?.text == "Canceled") }
            #expect(try await lab.ask("GET", "/system/version/").json?["version"]?.text == "2024.05")
        }
    }

    @Test("A lab without events takes listeners and tells them nothing") func noEvents() async throws {
        try await withLab({ $0.hasEvents = false }) { lab in
            let connection = try await RawConnection(port: lab.port, saying: RawConnection.handshake)
            #expect(try await connection.frames(0).head.hasPrefix("HTTP/1.1 101"))
            _ = try await lab.submit(Self.job("sim.run_ms: 0"))
            _ = try await lab.job(1, in: "Finished")
            // An answer to a ping comes behind whatever was said before it.
            connection.say([0x89, 0x80, 1, 2, 3, 4])
            let heard = try await connection.hear("a pong") { bytes, _ in bytes.suffix(2) == [0x8A, 0x00] }
            #expect(!String(decoding: heard, as: UTF8.self).contains("testjob"))
            #expect(lab.simulator.hub.sentCount == 0)
            await connection.close()
        }
    }

    @Test("A job is canceled from every state, and every listener is told") func canceled() async throws {
        try await withLab({ ($0.devices, $0.startMilliseconds) = (["sim": 1], 600_000) }) { lab in
            let connection = try await RawConnection(port: lab.port, saying: RawConnection.handshake)
            _ = try await connection.frames(0)
            // The first is Scheduled, the second waits for its device; a third runs, by order.
            for _ in 0..<3 { _ = try await lab.submit(Self.job("sim.run_ms: 600000")) }
            _ = try await lab.order("POST", "jobs/3", #"{"state": "Running"}"#)
            var states: [String?] = []
            for id in 1...3 { states.append(try await lab.ask("GET", "/jobs/\(id)/").json?["state"]?.text) }
            #expect(states == ["Scheduled", "Submitted", "Running"])
            for id in [2, 1, 3] { #expect(try await lab.ask("GET", "/jobs/\(id)/cancel/").status == 200) }
            for id in 1...3 { #expect(try await lab.job(id, in: "Finished")["health"]?.text == "Canceled") }
            let needle = #"\"health\": \"Canceled\", \"state\": \"Finished\""#
            let heard = try await connection.hear("three ends") { bytes, _ in
                String(decoding: bytes, as: UTF8.self).components(separatedBy: needle).count > 3
            }
            #expect(String(decoding: heard, as: UTF8.self).contains(#"\"state\": \"Canceling\", \"job\": 3"#))
            await connection.close()
        }
    }

    @Test("A group names its members once all have a device, and is found by its name") func named() async throws {
        try await withLab({ $0.devices = ["sim": 2] }) { lab in
            _ = try await lab.submit(Self.job("sim.run_ms: 600000"))
            _ = try await lab.submit(try definition("multinode"))
            let waiting = try await lab.ask("GET", "/jobs/2/").json?["definition"]?.text ?? ""
            #expect(waiting.contains("role: server") && !waiting.contains("roles:"))
            let group = try #require(waiting.firstMatch(of: #/target_group: (\S+)/#)).1
            let found = try await lab.ask("GET", "/jobs/?target_group=\(group)&ordering=id").json
            #expect(found?["results"]?.list?.compactMap { $0["id"]?.int } == [2, 3])
            _ = try await lab.ask("GET", "/jobs/1/cancel/")
            _ = try await lab.job(3, in: "Running")
            let named = try await lab.ask("GET", "/jobs/2/").json
            #expect(named?["definition"]?.text?.contains("'2': server\n      '3': client") == true)
            #expect(named?["original_definition"]?.text?.contains("roles:") == false)
        }
    }

    @Test("A group's member is hidden for a while, and runs") func hiddenMember() async throws {
        try await withLab { lab in
            _ = try await lab.order("POST", "faults", #"{"kind":"hideMember","count":1,"member":0,"delay_ms":300000}"#)
            _ = try await lab.submit(try definition("multinode"))
            let shown = try await lab.ask("GET", "/jobs/?ordering=id").json?["results"]?.list
            #expect(shown?.compactMap { $0["id"]?.int } == [2])
            #expect(try await lab.ask("GET", "/jobs/1/").status == 404)
            _ = try await lab.job(2, in: "Finished")
            #expect(try await lab.ask("GET", "/jobs/1/tests/").json?["count"]?.int == 0)
            _ = try await lab.order("POST", "faults", #"{"kind":"hideMember","count":1,"delay_ms":0}"#)
            _ = try await lab.submit(try definition("multinode"))
            for id in 3...4 { #expect(try await lab.ask("GET", "/jobs/\(id)/").status == 200) }
        }
    }

    @Test("A group whose server was killed in the making has the first members only") func cutGroup() async throws {
        try await withLab { lab in
            _ = try await lab.order("POST", "faults", #"{"kind":"cutGroup","count":1}"#)
            await #expect(throws: (any Error).self) { _ = try await lab.submit(try definition("multinode")) }
            let jobs = try await lab.ask("GET", "/jobs/?ordering=id").json
            #expect(jobs?["count"]?.int == 1)
            #expect(jobs?["results"]?.list?.first?["multinode_definition"]?.text == "")
        }
    }

    @Test("The lab speaks TLS with the certificate it is given, on the API and the event stream") func tls()
        async throws
    {
        try await TestCertificates.with { certificates in
            let files = try certificates.issue()
            let authority = certificates.authority
            try await withLab({
                $0.tls = .init(certificate: files.certificate, key: files.key)
                $0.eventsPort = 0
            }) { lab in
                var configuration = HTTPClient.Configuration()
                configuration.tlsConfiguration = .makeClientConfiguration()
                configuration.tlsConfiguration?.trustRoots = .file(authority)
                let httpClient = HTTPClient(configuration: configuration)
                var seen: [String] = []
                do {
                    for (port, path) in [
                        (lab.port, "/api/v0.2/system/version/"), (try await lab.simulator.eventsPort(), "/ws/"),
                    ] {
                        let request = HTTPClientRequest(url: "https://127.0.0.1:\(port)\(path)")
                        let response = try await httpClient.execute(request, timeout: .seconds(120))
                        seen.append(String(buffer: try await response.body.collect(upTo: 65_536)))
                    }
                } catch {
                    seen.append("\(error)")
                }
                try await httpClient.shutdown()
                #expect(
                    seen.first == #"{"version":"2023.01"}"# && seen.last?.hasPrefix("No WebSocket UPGRADE hdr") == true
                )
            }
        }
    }
}
