// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import Testing

@testable import LAVA

/// What no LAVA says, or not often.
@Suite(.timeLimit(.minutes(10))) struct EventsHostileTests {
    private static func stream(_ lab: LAVALab, _ limits: LAVAEventLimits = LAVAEventLimits()) -> LAVAEventStream {
        LAVAEventStream(lab: lab, limits: limits, logger: Logger(label: "test"))
    }

    private static func kind(of body: () async throws -> Void) async -> LAVAError.Kind? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? LAVAError)?.kind
        }
    }

    /// Everything until the end, as the states of jobs by number.
    private static func collect(_ lab: LAVALab) async throws -> (jobs: [Int], undecodable: Int) {
        try await stream(lab).withEvents { events in
            var jobs: [Int] = []
            for try await case .job(let event) in events { jobs.append(event.job) }
            return (jobs, events.undecodableCount)
        }
    }

    private static let goodbye = Scripted.frame(8, [3, 232])

    @Test("Events in one piece with the handshake are not lost, and an orderly goodbye is the end") func first()
        async throws
    {
        let script = Scripted.accepted(
            Scripted.text(Scripted.event(1, "Running")),
            Scripted.text(Scripted.event(2, "Running")),
            Self.goodbye
        )
        try await withScriptedServer(script: script) { server, lab in
            #expect(try await Self.collect(lab).jobs == [1, 2])
            _ = try await eventually("the goodbye is answered") { server.frames.first { $0.opcode == 8 } }
        }
    }

    @Test("User and token are sent where there are both", arguments: [true, false]) func basic(hasUser: Bool)
        async throws
    {
        try await withScriptedServer(script: Scripted.accepted(Self.goodbye)) { server, lab in
            var lab = lab
            lab.user = hasUser ? "me" : nil
            lab.token = LAVAToken("secret")
            _ = try await Self.collect(lab)
            let request = server.request
            #expect(request.hasPrefix("GET /ws/ HTTP/1.1\r\n"))
            // "me:secret"
            #expect(request.contains("Authorization: Basic bWU6c2VjcmV0\r\n") == hasUser)
            #expect(request.contains("Authorization") == hasUser)
            #expect(request.lowercased().contains("host: 127.0.0.1:"))
        }
    }

    @Test("Fragments are put together around a ping, which is answered") func fragments() async throws {
        let bytes = Array(Scripted.event(7, "Running").utf8)
        let script = Scripted.accepted(
            Scripted.frame(1, Array(bytes[..<20]), isFinal: false),
            Scripted.frame(0, [], isFinal: false),
            Scripted.frame(9, [1, 2, 3]),
            Scripted.frame(0, Array(bytes[20...])),
            Self.goodbye
        )
        try await withScriptedServer(script: script) { server, lab in
            let (jobs, undecodable) = try await Self.collect(lab)
            #expect(jobs == [7] && undecodable == 0)
            let pong = try await eventually("the ping is answered") { server.frames.first { $0.opcode == 10 } }
            #expect(pong.payload == [1, 2, 3])
        }
    }

    @Test("What makes no sense is counted and skipped") func nonsense() async throws {
        let script = Scripted.accepted(
            Scripted.text("nonsense"),
            Scripted.frame(2, [0, 1]),
            Scripted.frame(3, []),
            Scripted.text(#"["a.testjob", "", "", "", "{}"]"#),
            Scripted.frame(1, [0xFF]),
            Scripted.text(#"["a.device", "", "", "", "{}"]"#),
            Scripted.text(Scripted.event(9, "Finished")),
            Self.goodbye
        )
        try await withScriptedServer(script: script) { _, lab in
            let (jobs, undecodable) = try await Self.collect(lab)
            #expect(jobs == [9] && undecodable == 5)
        }
    }

    @Test("A refusal frame is an error in the lab's words, behind what came before") func refusal() async throws {
        let script = Scripted.accepted(
            Scripted.text(Scripted.event(1, "Running")),
            Scripted.text(#"{"error": "invalid token"}"#)
        )
        try await withScriptedServer(script: script) { _, lab in
            let error = LAVAError(kind: .unauthorized(message: "invalid token"), requestMayHaveBeenProcessed: false)
            await #expect(throws: error) {
                try await Self.stream(lab).withEvents { events in
                    var iterator = events.makeAsyncIterator()
                    #expect(try await iterator.next() == .connected)
                    guard case .job? = try await iterator.next() else { throw NeverHappened(what: "an event") }
                    _ = try await iterator.next()
                }
            }
        }
    }

    /// What breaks a stream.
    enum Broken: CaseIterable {
        case largeFrame, hugeLength, largeMessage, manyFragments, noBeginning, fragmentedPing, largePing, noEnd

        var bytes: [UInt8] {
            switch self {
            case .largeFrame: Scripted.frame(1, Array(repeating: 65, count: 70_000))
            case .hugeLength: [0x81, 127, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]
            case .largeMessage:
                (0..<3).flatMap { place in
                    Scripted.frame(place == 0 ? 1 : 0, Array(repeating: 65, count: 30_000), isFinal: false)
                }
            case .manyFragments: (0..<6_000).flatMap { Scripted.frame($0 == 0 ? 1 : 0, [], isFinal: false) }
            case .noBeginning: Scripted.frame(0, [65])
            case .fragmentedPing: Scripted.frame(9, [], isFinal: false)
            case .largePing: Scripted.frame(9, Array(repeating: 65, count: 200))
            case .noEnd: Scripted.frame(1, [65], isFinal: false) + Scripted.frame(1, [65])
            }
        }
    }

    @Test(
        "Frames and messages beyond the limit, and frames that break the protocol, end it",
        arguments: Broken.allCases
    )
    func broken(what: Broken) async throws {
        let bytes = what.bytes
        let limits = LAVAEventLimits(maximumMessageBytes: 65_536)
        try await withScriptedServer(script: Scripted.accepted(bytes)) { _, lab in
            let kind = await Self.kind {
                try await Self.stream(lab, limits).withEvents { for try await _ in $0 {} }
            }
            guard case .unexpected? = kind else {
                Issue.record("\(String(describing: kind))")
                return
            }
        }
    }

    @Test("A goodbye with an error says which") func errorGoodbye() async throws {
        let script = Scripted.accepted(Scripted.frame(8, [0x03, 0xF3] + Array("down".utf8)))
        try await withScriptedServer(script: script) { _, lab in
            let kind = await Self.kind { _ = try await Self.collect(lab) }
            #expect(kind == .transport(reason: "the lab closed the event stream with 1011 down"))
        }
    }

    @Test("Answers that are no handshake are told apart") func answers() async throws {
        func kind(_ script: @escaping ScriptedServer.Script) async throws -> LAVAError.Kind? {
            nonisolated(unsafe) var kind: LAVAError.Kind?
            try await withScriptedServer(script: script) { _, lab in
                kind = await Self.kind { try await Self.stream(lab).withEvents { _ in } }
            }
            return kind
        }
        #expect(try await kind(Scripted.answer("404 Not Found")) == .notFound)
        #expect(try await kind(Scripted.answer("401 Unauthorized")) == .unauthorized(message: "no"))
        #expect(try await kind(Scripted.answer("503 Service Unavailable")) == .server(status: 503, excerpt: "no"))
        let others: [ScriptedServer.Script] = [
            Scripted.answer("200 OK"), Scripted.answer("400 Bad Request"),
            Scripted.answer("200 OK", "text/html", String(repeating: "a", count: 100_000)),
            { _ in Scripted.accepted()("wrong") },
        ]
        for script in others {
            guard case .unexpected? = try await kind(script) else {
                Issue.record("no answer is as good as a handshake")
                continue
            }
        }
        guard case .transport? = try await kind({ _ in Array("nonsense\r\n\r\n".utf8) }) else {
            Issue.record("nonsense is no HTTP")
            return
        }
    }

    @Test("A lab that takes the connection and says nothing is given up, or left at once") func mute() async throws {
        try await withScriptedServer(script: nil) { server, lab in
            var hasty = lab
            hasty.requestTimeout = .milliseconds(200)
            #expect(await Self.kind { try await Self.stream(hasty).withEvents { _ in } } == .timeout)
            let task = Task { await Self.kind { try await Self.stream(lab).withEvents { _ in } } }
            _ = try await eventually("it has asked") { server.request.isEmpty ? nil : true }
            task.cancel()
            #expect(await task.value == .cancelled)
            // Cancelled before it began.
            let late = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return await Self.kind { try await Self.stream(lab).withEvents { _ in } }
            }
            #expect(await late.value == .cancelled)
        }
    }

    @Test("Nobody listening is said at once") func refused() async throws {
        nonisolated(unsafe) var gone: LAVALab?
        try await withScriptedServer(script: nil) { gone = $1 }
        let lab = try #require(gone)
        guard case .transport? = await Self.kind(of: { try await Self.stream(lab).withEvents { _ in } }) else {
            Issue.record("a closed port took a connection")
            return
        }
    }
}
