// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import Foundation
import Logging
import NIOHTTP1
import Testing

@testable import LAVA
@testable import LabSimulator

@Suite(.timeLimit(.minutes(10))) struct LAVAErrorTests {
    private static func fault(
        _ kind: Fault.Kind,
        status: Int? = nil,
        body: String? = nil,
        contentType: String? = nil,
        retryAfter: String? = nil,
        delayMilliseconds: Int? = nil
    ) -> Fault {
        var fault = Fault(kind)
        fault.status = status
        fault.body = body
        fault.contentType = contentType
        fault.retryAfter = retryAfter
        fault.delayMilliseconds = delayMilliseconds
        fault.count = 1
        return fault
    }

    private func error(_ body: () async throws -> Void) async throws -> LAVAError {
        try #require(await #expect(throws: LAVAError.self) { try await body() })
    }

    private func submissionError(_ lab: SimulatedLab, _ definition: String = SimulatedLab.definition()) async throws
        -> LAVAError
    {
        try await error { _ = try await lab.client.submit(definition: definition, tag: UUID()) }
    }

    @Test(
        "A refusal keeps LAVA's own words and leaves no doubt",
        arguments: [
            ("just a string", "Problem with submitted job data: expected a dictionary"),
            ("device_type: sim", "Problem with submitted job data: required key not provided @ data['actions']"),
            (
                "device_type: nowhere\njob_name: a\nvisibility: public\ntimeouts: {job: {minutes: 1}}\nactions: []",
                "Devices unavailable: Device type 'nowhere' is unavailable."
            ),
            ("   ", "Problem with submitted job data: expected a dictionary"),
            ("a\u{0}b", "definition: Null characters are not allowed."),
        ]
    )
    func refused(definition: String, words: String) async throws {
        try await withLab { lab in
            let error = try await submissionError(lab, definition)
            #expect(error == LAVAError(kind: .refused(message: words), requestMayHaveBeenProcessed: false))
            #expect(!error.isRetriable && lab.jobCount == 0)
        }
    }

    @Test("Fields of a refusal are joined readably") func fields() async throws {
        try await withLab { lab in
            let body = #"{"definition":["May not be blank.","Too short."],"other":{"deep":["x"]}}"#
            _ = lab.simulator.faults.add(Self.fault(.status, status: 400, body: body))
            let error = try await submissionError(lab)
            #expect(error.kind == .refused(message: "definition: May not be blank. Too short.\nother: deep: x"))
        }
    }

    @Test("A wrong token and a missing right are told, without the token") func unauthorized() async throws {
        try await withLab { lab in
            let wrong = lab.client { $0.token = LAVAToken("wrong-secret") }
            let error = try await error { _ = try await wrong.whoami() }
            #expect(error.kind == .unauthorized(message: "Invalid token."))
            #expect(!error.isRetriable && !"\(error)".contains("wrong-secret"))
            let anonymous = lab.client { $0.token = nil }
            let refused = try await self.error { _ = try await anonymous.submit(definition: "a: b", tag: UUID()) }
            #expect(refused.kind == .unauthorized(message: "Authentication credentials were not provided."))
            #expect(!refused.requestMayHaveBeenProcessed)
        }
    }

    @Test("An unknown job is not found") func notFound() async throws {
        try await withLab { lab in
            let error = try await error { _ = try await lab.client.job(99) }
            #expect(error.kind == .notFound && error.isRetriable)
        }
    }

    @Test(
        "A lab that asks for a pause is understood",
        arguments: [
            (429, "7", Duration.seconds(7)), (503, "120", .seconds(120)), (429, "junk", nil),
            (429, "99999999999", .seconds(86_400)), (503, "Mon, 01 Jan 2001 00:00:00 GMT", .zero),
        ]
    )
    func throttled(status: Int, header: String, pause: Duration?) async throws {
        try await withLab { lab in
            _ = lab.simulator.faults.add(Self.fault(.status, status: status, retryAfter: header))
            let error = try await submissionError(lab)
            #expect(error.kind == .throttled(retryAfter: pause) && error.isRetriable)
            #expect(error.requestMayHaveBeenProcessed == (status == 503))
        }
    }

    @Test("A lab that falls over leaves a submission in doubt, and its words are kept") func server() async throws {
        try await withLab { lab in
            let definition = "tags: [none]\n" + SimulatedLab.definition()
            let error = try await submissionError(lab, definition)
            guard case .server(500, let excerpt) = error.kind else {
                Issue.record("\(error)")
                return
            }
            #expect(excerpt.contains("Device tag 'none' does not exist in the database.") && !excerpt.contains("<"))
            #expect(error.requestMayHaveBeenProcessed && error.isRetriable)
            _ = lab.simulator.faults.add(Self.fault(.status, status: 503))
            let read = try await self.error { _ = try await lab.client.job(1) }
            guard case .server(503, _) = read.kind else {
                Issue.record("\(read)")
                return
            }
            #expect(!read.requestMayHaveBeenProcessed)
        }
    }

    @Test(
        "An answer that makes no sense is told and leaves a submission in doubt",
        arguments: [
            (200, "<html><title>Log in</title></html>", "text/html"), (201, "{}", "application/json"),
            (201, #"{"job_ids":[]}"#, "application/json"), (201, #"{"job_ids":[{}]}"#, "application/json"),
            (201, #"{"job_ids":["x"]}"#, "application/json"), (200, "", "application/json"),
        ]
    )
    func unexpected(status: Int, body: String, contentType: String) async throws {
        try await withLab { lab in
            _ = lab.simulator.faults.add(Self.fault(.status, status: status, body: body, contentType: contentType))
            let error = try await submissionError(lab)
            guard case .unexpected = error.kind else {
                Issue.record("\(error)")
                return
            }
            #expect(error.requestMayHaveBeenProcessed && error.isRetriable)
        }
    }

    @Test("A proxy's 400 does not reject a job for good") func proxyRefusal() async throws {
        try await withLab({ $0.allowedHosts = ["lava.example.org"] }) { lab in
            let error = try await submissionError(lab)
            guard case .unexpected(let reason) = error.kind else {
                Issue.record("\(error)")
                return
            }
            #expect(reason.contains("Bad Request (400)") && error.isRetriable && !error.requestMayHaveBeenProcessed)
        }
    }

    @Test("A redirect is not followed, and leaves doubt") func redirect() async throws {
        try await withLab { lab in
            _ = lab.simulator.faults.add(Self.fault(.status, status: 302))
            let error = try await submissionError(lab)
            guard case .unexpected = error.kind else {
                Issue.record("\(error)")
                return
            }
            #expect(error.requestMayHaveBeenProcessed)
            #expect(lab.requests("POST /api/v0.2/jobs") == 1)
        }
    }

    @Test("A lab that is down refuses the connection, which leaves no doubt") func down() async throws {
        let client = try await withLab { lab in lab.client.lab }
        let httpClient = try LAVAClient.makeHTTPClient(for: [client])
        let error = try await error {
            _ = try await LAVAClient(lab: client, httpClient: httpClient, logger: .init(label: "test"))
                .submit(definition: "a: b", tag: UUID())
        }
        try await httpClient.shutdown()
        guard case .transport = error.kind else {
            Issue.record("\(error)")
            return
        }
        #expect(!error.requestMayHaveBeenProcessed && error.isRetriable)
    }

    @Test(
        "A connection that breaks leaves doubt, nothing is sent twice, and the search tells what happened",
        arguments: [
            (Fault.Kind.cutBeforeAccept, 0), (.refuse, 0), (.cutAfterAccept, 1), (.cutMidAnswer, 1),
            (.statusAfterAccept, 1),
        ]
    )
    func broken(kind: Fault.Kind, jobs: Int) async throws {
        try await withLab { lab in
            // A first request, so that the one that breaks goes out on a connection from the pool.
            _ = try await lab.client.whoami()
            _ = lab.simulator.faults.add(Self.fault(kind))
            let tag = UUID()
            let error = try await error {
                _ = try await lab.client.submit(definition: SimulatedLab.definition(), tag: tag)
            }
            #expect(error.requestMayHaveBeenProcessed && error.isRetriable)
            #expect(lab.requests("POST /api/v0.2/jobs") == 1)
            #expect(lab.jobCount == jobs)
            let found = try await lab.client.findJobs(tag: tag, since: Date(timeIntervalSinceNow: -60)).jobs
            #expect(found.count == jobs)
        }
    }

    @Test(
        "A lab that does not answer in time leaves doubt",
        arguments: [(Fault.Kind.hang, 0), (.hangAfterAccept, 1), (.trickle, 1)]
    )
    func timeout(kind: Fault.Kind, jobs: Int) async throws {
        try await withLab(requestTimeout: .seconds(2)) { lab in
            _ = lab.simulator.faults.add(Self.fault(kind, delayMilliseconds: 60_000))
            let error = try await submissionError(lab)
            #expect(error == LAVAError(kind: .timeout, requestMayHaveBeenProcessed: true))
            #expect(lab.jobCount == jobs)
        }
    }

    @Test("An answer beyond the limit is not read") func tooLarge() async throws {
        try await withLab { lab in
            let small = lab.client { $0.maximumResponseBytes = 1_024 }
            _ = lab.simulator.faults.add(Self.fault(.status, status: 200, body: String(repeating: " ", count: 5_000)))
            let error = try await error { _ = try await small.whoami() }
            #expect(error.kind == .tooLarge(limit: 1_024))
        }
    }

    @Test("A cancelled task ends its request") func cancelled() async throws {
        try await withLab { lab in
            _ = lab.simulator.faults.add(Self.fault(.hang, delayMilliseconds: 60_000))
            let task = Task { try await lab.client.submit(definition: SimulatedLab.definition(), tag: UUID()) }
            try await eventually("the request is there") {
                lab.requests("POST /api/v0.2/jobs") == 1
            }
            task.cancel()
            let error = try await error { _ = try await task.value }
            #expect(error.kind == .cancelled && error.requestMayHaveBeenProcessed)
        }
    }

    @Test("A lab that ignores filters is seen through") func ignoredFilters() async throws {
        try await withLab { lab in
            let rows =
                #"{"count":1,"next":null,"previous":null,"results":[{"id":5,"state":"Running","health":"Unknown","original_definition":"job_name: other"}]}"#
            var fault = Self.fault(.status, status: 200, body: rows)
            fault.count = nil
            _ = lab.simulator.faults.add(fault)
            let now = Date()
            #expect(try await lab.client.findJobs(tag: UUID(), since: now).jobs.isEmpty)
            #expect(try await lab.client.jobs(ids: [7]) == LAVALookup())
            let page = try await lab.client.finishedJobs(endedAfter: now, limit: 10)
            #expect(page.jobs.isEmpty && page.strayCount == 1 && page.rowCount == 1)
        }
    }

    @Test("A job whose row can't be read is not missing, and costs no other job") func unreadableRows() async throws {
        let good = #"{"id":1,"state":"Running","health":"Unknown"}"#
        let odd = #"{"id":"2","state":"Running","health":"Unknown"}"#
        try await ScriptedLab.with({ path in
            if path.contains("/jobs/2/") { return .init(body: odd) }
            if path.contains("/jobs/4/") { return .init(body: good.replacing("1", with: "4")) }
            if path.contains("/jobs/3/") { return .init(status: .notFound, body: #"{"detail":"Not found."}"#) }
            let rows = path.contains("id__in=1") ? [good, odd, odd] : [odd]
            return .init(body: #"{"count":9,"next":null,"results":[\#(rows.joined(separator: ","))]}"#)
        }) { lab in
            let seen = try await lab.client.jobs(ids: [1, 2, 3, 4])
            #expect(seen.jobs.map(\.id) == [1, 4] && seen.unreadable == [2])
            let alone = try await lab.client.jobs(ids: [2])
            #expect(alone.jobs.isEmpty && alone.unreadable == [2])
            await #expect(throws: LAVAError.self) { try await lab.client.findJobs(tag: UUID(), since: Date()) }
        }
    }

    @Test("A search without an end is given up, not taken for nothing found") func endless() async throws {
        try await withLab { lab in
            let rows =
                #"{"count":9,"next":"x","previous":null,"results":[{"id":5,"state":"Running","health":"Unknown"}]}"#
            var fault = Self.fault(.status, status: 200, body: rows)
            fault.count = nil
            _ = lab.simulator.faults.add(fault)
            await #expect(throws: LAVAError.self) { try await lab.client.findJobs(tag: UUID(), since: Date()) }
        }
    }

    @Test("After an outage the same client goes on") func outage() async throws {
        try await withLab { lab in
            _ = try await lab.client.submit(definition: SimulatedLab.definition(), tag: UUID())
            _ = lab.simulator.faults.add(Self.fault(.closeListener, delayMilliseconds: 100))
            _ = try await submissionError(lab)
            let version = try await eventually("the lab is back") { try? await lab.client.version() }
            #expect(version == "2023.01")
            #expect(try await lab.client.job(1).health == .complete)
        }
    }

    @Test("A submission after the lab closed an idle connection goes out once, on a new one") func idle() async throws {
        try await withLab({ $0.idleMilliseconds = 500 }) { lab in
            _ = try await lab.client.whoami()
            try await eventually("the lab has closed the connection") {
                lab.simulator.connections.count == 0
            }
            _ = try await eventually("a submission is accepted") {
                try? await lab.client.submit(definition: SimulatedLab.definition(), tag: UUID())
            }
            #expect(lab.jobCount == 1)
        }
    }
}
