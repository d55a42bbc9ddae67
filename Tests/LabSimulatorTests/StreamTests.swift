// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import LabSimulator

@Suite(.timeLimit(.minutes(10))) struct StreamTests {
    /// What a real LAVA sent for one job, the text of the first event and its data by state.
    private static let first =
        #"["org.lavasoftware.testjob", "190e8324-e779-11f1-aa5a-02fc00000001", "2026-11-23T20:04:32.263683", "admin", "#
        + #""{\"health\": \"Unknown\", \"state\": \"Submitted\", \"job\": 21, \"description\": \"fleet-callback\", "#
        + #"\"priority\": 50, \"submit_time\": \"2026-11-23T20:04:32.262131+00:00\", \"submitter\": \"admin\", "#
        + #"\"health_check\": false, \"device_type\": \"sim\"}"]"#

    /// The text with what belongs to one run made alike.
    private static func normalised(_ text: String) -> String {
        var text = text
        for (pattern, replacement) in [
            ("[0-9a-f]{8}-[0-9a-f-]{27}", "<uuid>"), ("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\\.[0-9]{6}", "<time>"),
            ("\\\\\"job\\\\\": [0-9]+", "<job>"), ("fleet-[a-z-]+", "<name>"), ("sim-[0-9]{2}", "<device>"),
        ] {
            text = text.replacingOccurrences(of: pattern, with: replacement, options: .regularExpression)
        }
        return text
    }

    /// The keys of an event's data, in order, and its topic.
    private static func shape(_ text: String) throws -> String {
        let parts = try #require(JSON.parse(text)?.list)
        #expect(parts.count == 5)
        let data = try #require(parts[4].text)
        let keys = data.matches(of: #/"([a-z_]+)": /#).map { String($0.1) }
        return "\(parts[0].text ?? "") \(JSON.parse(data)?["state"]?.text ?? ""): \(keys.joined(separator: " "))"
    }

    private static func listen(_ lab: LabUnderTest) async throws -> RawConnection {
        let connection = try await RawConnection(port: lab.port, saying: RawConnection.handshake)
        let heard = try await connection.hear("an answer, or the end") { $1 || $0.suffix(4) == Array("\r\n\r\n".utf8) }
        guard !heard.isEmpty else { throw Capture.Missing(title: "a stream") }
        return connection
    }

    @Test("The handshake is answered in the words of LAVA's publisher") func handshake() async throws {
        try await withLab { lab in
            let head = try await Self.listen(lab).frames(0).head
            let date = "Date: [A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT"
            #expect(
                head.replacingOccurrences(of: date, with: "<date>", options: .regularExpression)
                    == """
                    HTTP/1.1 101 Switching Protocols\r
                    Upgrade: websocket\r
                    Connection: upgrade\r
                    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
                    Content-Type: application/octet-stream\r
                    <date>\r
                    Server: Python/3.11 aiohttp/3.8.4\r
                    \r

                    """
            )
        }
    }

    @Test("Who asks without a handshake is told so", arguments: [false, true]) func stranger(hasOwnPort: Bool)
        async throws
    {
        try await withLab({ if hasOwnPort { $0.eventsPort = 0 } }) { lab in
            let there = LabUnderTest(
                simulator: lab.simulator,
                port: try await lab.simulator.eventsPort(),
                httpClient: lab.httpClient
            )
            let plain = try await there.ask("GET", "//ws/")
            #expect(plain.status == 400)
            #expect(plain.text == "No WebSocket UPGRADE hdr: None\n Can \"Upgrade\" only to \"WebSocket\".")
            #expect(plain.contentType == "text/plain; charset=utf-8")
            let missing = try await there.ask("GET", "//ws")
            #expect(missing.status == 404 && missing.text.utf8.count == 14)
            if hasOwnPort { #expect(try await lab.ask("GET", "//ws/").status == 404) }
        }
    }

    @Test("A handshake without a key or of another version is refused") func wrongHandshake() async throws {
        try await withLab { lab in
            for wrong in [("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", ""), ("Version: 13", "Version: 7")] {
                let handshake = RawConnection.handshake.replacing(wrong.0, with: wrong.1)
                let connection = try await RawConnection(port: lab.port, saying: handshake)
                let answer = try await connection.hear("an answer and the end") { $1 }
                #expect(String(decoding: answer, as: UTF8.self).hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
            }
        }
    }

    @Test("A job's events look like LAVA's, byte for byte where they can") func job() async throws {
        try await withLab { lab in
            let connection = try await Self.listen(lab)
            _ = try await lab.submit(try definition("sim-pass"))
            let texts = try await connection.frames(7).texts
            #expect(Self.normalised(try #require(texts.first)) == Self.normalised(Self.first))
            let common = "health state job description priority submit_time submitter health_check"
            #expect(
                try texts.map(Self.shape) == [
                    "org.lavasoftware.testjob Submitted: \(common) device_type",
                    "org.lavasoftware.device Reserved: health state device device_type worker",
                    "org.lavasoftware.testjob Scheduled: \(common) device worker device_type",
                    "org.lavasoftware.device Running: health state device device_type worker job",
                    "org.lavasoftware.testjob Running: \(common) device worker device_type start_time",
                    "org.lavasoftware.device Idle: health state device device_type worker job",
                    "org.lavasoftware.testjob Finished: \(common) device worker device_type start_time end_time",
                ]
            )
        }
    }

    @Test("A group's events name its members, but not in their very first") func multinode() async throws {
        try await withLab { lab in
            let connection = try await Self.listen(lab)
            _ = try await lab.submit(try definition("multinode"))
            let events = try await connection.frames(10).texts.map { try #require(JSON.parse($0)?.list) }
                .filter { $0[0].text == "org.lavasoftware.testjob" }
                .map { try #require(JSON.parse($0[4].text ?? "")) }
            let seen = events.map {
                "\($0["job"]?.int ?? 0) \($0["state"]?.text ?? "") \($0["sub_id"]?.text ?? "none")"
            }
            #expect(
                seen.prefix(8) == [
                    "1 Submitted ", "1 Submitted 1.0", "2 Submitted ", "2 Submitted 1.1", "1 Scheduling 1.0",
                    "2 Scheduling 1.1", "1 Scheduled 1.0", "2 Scheduled 1.1",
                ]
            )
        }
    }

    @Test("Text beyond ASCII is written as Python writes it") func unicode() async throws {
        try await withLab { lab in
            let connection = try await Self.listen(lab)
            let text = try definition("sim-pass").replacingOccurrences(of: "fleet-sim-pass", with: "\"a\\\"é😀\"")
            #expect(try await lab.submit(text).status == 201)
            let event = try #require(try await connection.frames(1).texts.first)
            #expect(event.contains(#"\"description\": \"a\\\"\\u00e9\\ud83d\\ude00\""#))
        }
    }

    @Test("A stream outlives the time after which idle connections are closed, and answers pings") func idle()
        async throws
    {
        try await withLab({ $0.idleMilliseconds = 500 }) { lab in
            let connection = try await Self.listen(lab)
            let start = ContinuousClock.now
            var pings = 0
            while ContinuousClock.now - start < .milliseconds(1_500) {
                // A masked ping of one byte; the mask is zero.
                connection.say([0x89, 0x81, 0, 0, 0, 0, 7])
                pings += 1
                let wanted = pings * 3
                let all = try await connection.hear("a pong") { bytes, _ in
                    bytes.suffix(3) == [0x8A, 1, 7] && bytes.count(where: { $0 == 0x8A }) * 3 >= wanted
                }
                #expect(!all.isEmpty)
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(lab.simulator.hub.count == 1)
            await connection.close()
            try await eventually("the stream to be gone") { lab.simulator.hub.count == 0 }
        }
    }

    @Test("Streams are cut, refused and counted to order") func orders() async throws {
        try await withLab { lab in
            let connections = [try await Self.listen(lab), try await Self.listen(lab)]
            _ = try await lab.submit(try definition("sim-pass"))
            for connection in connections { _ = try await connection.frames(7) }
            let counts = try await lab.order("GET", "streams").json
            #expect(counts?["open"]?.int == 2 && counts?["events"]?.int == 7)
            _ = try await lab.order("POST", "streams", #"{"cut": true, "refuse_ms": 600000}"#)
            for connection in connections { _ = try await connection.hear("its end") { $1 } }
            let late = try await RawConnection(port: lab.port, saying: RawConnection.handshake)
            let answer = try await late.hear("a refusal") { $1 }
            #expect(String(decoding: answer, as: UTF8.self).hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
            _ = try await lab.order("POST", "streams", #"{"refuse_ms": 0}"#)
            _ = try await Self.listen(lab)
            #expect(try await lab.order("GET", "stats").json?["streams"]?["open"]?.int == 1)
        }
    }

    @Test("A lab whose clients keep coming goes down and comes back, many times") func restarts() async throws {
        try await withLab { lab in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        while !Task.isCancelled {
                            // Refused while it is down.
                            let client = try? await RawConnection(port: lab.port, saying: RawConnection.handshake)
                            if client == nil { await Task.yield() }
                            await client?.close()
                        }
                    }
                }
                for _ in 0..<20 {
                    // Refused or dropped, if the restart before is not over yet.
                    guard let connection = try? await Self.listen(lab) else { continue }
                    // The restart may be faster than its own answer.
                    _ = try? await lab.order("POST", "restart", #"{"down_ms": 0}"#)
                    _ = try await connection.hear("its end") { $1 }
                }
                group.cancelAll()
            }
            try await eventually("the lab to be back") { try await lab.ask("GET", "/system/version/").status == 200 }
        }
    }
}
