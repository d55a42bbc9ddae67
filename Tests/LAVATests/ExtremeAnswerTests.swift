// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import NIOHTTP1
import Testing

@testable import LAVA

/// No number that a lab says can do more than make what it says of one thing unreadable.
@Suite(.timeLimit(.minutes(10))) struct ExtremeAnswerTests {
    private func answer(_ body: String) -> ScriptedLab.Script { { _ in .init(body: body) } }

    @Test("A job with odd numbers and types costs no other job of its page", arguments: ExtremeNumbers.all)
    func jobs(number: String) async throws {
        let end = #""end_time":"2026-11-23T20:07:43.324503Z""#
        let body = """
            {"count":\(number),"next":null,"results":[
            {"id":1,"state":"Finished","health":"Complete",\(end)},
            {"id":\(number),"state":"Finished","health":"Complete",\(end)},
            {"id":2,"state":"Finished","health":\(number),"description":\(number),"submit_time":\(number),\(end)},
            {"id":3,"state":\(number),"health":"Complete",\(end)},
            {"id":4,"state":"Finished","health":"Complete","definition":\(number),"original_definition":\(number),\(end)}]}
            """
        try await ScriptedLab.with(answer(body)) { lab in
            let page = try await lab.client.finishedJobs(endedAfter: Date(timeIntervalSince1970: 0), limit: 10)
            #expect(Set(page.jobs.map(\.id)).isSuperset(of: [1]) && page.rowCount == 5)
            #expect((0...Int(Int32.max)).contains(page.totalCount) && page.jobs.allSatisfy { $0.id > 0 })
            // A number that is no JSON at all spoils the row that it stands in, and no other.
            let isJSON = (try? JSONSerialization.jsonObject(with: Data(number.utf8), options: .fragmentsAllowed)) != nil
            if isJSON { #expect(page.jobs.map(\.id).filter { $0 == 2 || $0 == 4 } == [2, 4]) }
            let jobs = try await lab.client.jobs(ids: [1, 3]).jobs
            #expect(jobs.first?.id == 1)
            if isJSON { #expect(jobs.map(\.id) == [1, 3]) }
        }
    }

    @Test("A result with odd numbers and types costs no other result", arguments: ExtremeNumbers.all)
    func results(number: String) async throws {
        func row(_ name: String, _ more: String) -> String {
            #"{"name":"\#(name)","result":"pass","suite":4,"metadata":"definition: s\n"\#(more)}"#
        }
        let body = """
            {"count":\(number),"next":null,"results":[\(row("first", "")),
            \(row("measured", #","measurement":\#(number),"unit":\#(number)"#)),
            \(row("logged", #","start_log_line":\#(number),"end_log_line":\#(number)"#)),
            {"name":"suite","result":"pass","suite":\(number),"metadata":"definition: s\\n"},
            {"name":\(number),"result":"pass","suite":4},{"name":"b","result":\(number),"suite":4},\(number),
            \(row("last", ""))]}
            """
        try await ScriptedLab.with(answer(body)) { lab in
            var pages = lab.client.results(job: 1).makeAsyncIterator()
            let page = try #require(try await pages.next())
            #expect(page.first?.name == "first" && page.last?.name == "last")
            #expect(page.count + pages.unreadableCount == 8 && pages.unreadableCount >= 1 && pages.firstFault != nil)
            #expect(pages.totalCount.map { (0...Int(Int32.max)).contains($0) } ?? true)
            let rest = try await pages.next()
            #expect(rest == nil)
        }
    }

    @Test("A measurement that is a number keeps its digits") func measurement() async throws {
        let body = """
            {"count":2,"next":null,"results":[
            {"name":"a","result":"pass","suite":1,"metadata":"definition: s\\n","measurement":12.345678901234567890123},
            {"name":"b","result":"pass","suite":1,"metadata":"definition: s\\n","measurement":"1.0000000000"}]}
            """
        try await ScriptedLab.with(answer(body)) { lab in
            var pages = lab.client.results(job: 1).makeAsyncIterator()
            let page = try #require(try await pages.next())
            #expect(page.map(\.measurement) == ["12.345678901234567890123", "1.0000000000"])
        }
    }

    @Test("Submissions, groups, suites and pauses stand any number", arguments: ExtremeNumbers.all)
    func others(number: String) async throws {
        let plain = number.replacing("\"", with: "")
        try await ScriptedLab.with({ path in
            if path.contains("/suites/") { return .init(body: #"{"results":[{"id":\#(number),"name":"s"}]}"#) }
            if path.contains("/tests/") { return .init(body: #"{"results":[{"name":"a","result":"pass","suite":1}]}"#) }
            return path.contains("version")
                ? .init(status: .tooManyRequests, headers: [("Retry-After", String(plain.prefix(1_000)))])
                : .init(body: #"{"job_ids":[\#(number)],"user":"me"}"#)
        }) { lab in
            _ = try? await lab.client.submit(definition: "a: b", tag: UUID())
            _ = try? await lab.client.cancel([1, 2])
            for try await page in lab.client.results(job: 1) { #expect(page.count == 1) }
            let error = await #expect(throws: LAVAError.self) { try await lab.client.version() }
            guard case .throttled(let pause) = error?.kind else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(pause.map { (Duration.zero...(.seconds(86_400))).contains($0) } ?? true)
        }
        let group = LAVAGroup(
            definition: """
                protocols:
                  lava-multinode: {target_group: g, sub_id: \(plain), group_size: \(plain), roles: {\(plain): x, 7: y}}

                """
        )
        #expect(group == nil || (group?.subID ?? 0) >= 0 && (group?.size ?? 0) >= 0)
        _ = GroupDefinition(
            "job_name: a\nprotocols: {lava-multinode: {roles: {a: {count: \(plain)}, b: {count: \(plain)}}}}\n"
        )
        _ = EventFrame(
            Data(#"["a.testjob","u","\#(plain)","me","{\"job\": \#(plain), \"state\": \"Finished\"}"]"#.utf8)
        )
    }

    @Test(
        "Times of any kind are times or nothing",
        arguments: [
            "0000-01-01T00:00:00Z", "9999-12-31T23:59:60.999999Z", "2026-02-31T00:00:00Z", "2026-01-01T00:00:00+99:99",
            "2026-01-01T00:00:00.99999999999999999999999999Z", "99999-01-01T00:00:00Z", "", "-1", "2026-01-01",
        ]
    )
    func times(text: String) {
        if let date = LAVATimestamp.parse(text) { #expect(LAVATimestamp.format(date).utf8.count == 27) }
    }
}
