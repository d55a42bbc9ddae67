// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import Testing

@testable import LAVA

/// A lab that has an attempt any number of times: no search takes all of it, and later ones go on.
@Suite(.timeLimit(.minutes(10))) struct SearchBoundTests {
    private static let tag = UUID()
    private static let mark = "# muster: \(tag.uuidString.lowercased())"

    private static func number(_ key: String, in path: String) -> Int? {
        path.split(whereSeparator: { "?&".contains($0) }).first { $0.hasPrefix(key + "=") }
            .flatMap { Int($0.dropFirst(key.count + 1)) }
    }

    /// Pages of rows with the numbers 1 to `count`, of those behind `id__gt`, if the lab knows that filter.
    private static func page(_ path: String, of count: Int, knowsID: Bool, _ row: (Int) -> String) -> ScriptedLab.Answer
    {
        let first = knowsID ? (number("id__gt", in: path) ?? 0) + 1 : 1
        let start = first + (number("offset", in: path) ?? 0)
        let end = min(count + 1, start + (number("limit", in: path) ?? 50))
        let rows = start < end ? (start..<end).map(row) : []
        let next = end <= count ? "\"x\"" : "null"
        return .init(body: #"{"count":\#(count),"next":\#(next),"results":[\#(rows.joined(separator: ","))]}"#)
    }

    private static func search(_ lab: ScriptedLab, after: Int?) async throws -> LAVAFindings {
        try await lab.client.findJobs(tag: tag, since: Date(timeIntervalSince1970: 0), after: after)
    }

    @Test(
        "A list of rows that can't be read says nothing of whether the job is there",
        arguments: ["true", "1e30", "null"]
    )
    func unreadableRows(id: String) async throws {
        try await ScriptedLab.with({ path in
            let row = #"{"id":\#(id),"state":"Running","health":"Unknown","original_definition":"\#(Self.mark)\na: b"}"#
            return .init(
                body: path.contains("original_definition")
                    ? #"{"count":1,"results":[\#(row)]}"# : #"{"count":0,"results":[]}"#
            )
        }) { lab in
            let error = try await #require(throws: LAVAError.self) { _ = try await Self.search(lab, after: nil) }
            guard case .unexpected(let reason) = error.kind else {
                Issue.record("\(error)")
                return
            }
            #expect(reason == "1 rows of its list can't be read")
        }
    }

    @Test(
        "Of thousands of jobs each search takes some, goes on where the last ended, and all are found in the end",
        arguments: [true, false]
    )
    func jobs(knowsID: Bool) async throws {
        try await ScriptedLab.with({ path in
            guard path.contains("original_definition") else { return .init(body: #"{"count":0,"results":[]}"#) }
            return Self.page(path, of: 5_000, knowsID: knowsID) {
                #"{"id":\#($0),"state":"Running","health":"Unknown","original_definition":"\#(Self.mark)\na: b"}"#
            }
        }) { lab in
            var found: [Int] = []
            var after: Int?
            var searches = 0
            repeat {
                let requests = lab.requests.paths.count
                let findings = try await Self.search(lab, after: after)
                #expect(findings.jobs.count <= LAVAClient.maximumFound)
                if knowsID { #expect(lab.requests.paths.count - requests <= 2) }
                found += findings.jobs.map(\.id)
                after = findings.moreAfter
                searches += 1
            } while after != nil && searches < 100
            #expect(found == Array(1...5_000) && searches == 25)
        }
    }

    @Test("Of thousands of groups each search asks for some, and all are found in the end") func groups() async throws {
        try await ScriptedLab.with({ path in
            func row(_ number: Int) -> String {
                let group =
                    "protocols:\\n  lava-multinode:\\n    target_group: g\(number)\\n    sub_id: 0\\n    group_size: 1\\n"
                return
                    #"{"id":\#(number),"state":"Running","health":"Unknown","definition":"\#(group)","#
                    + #""multinode_definition":"\#(Self.mark)\na: b"}"#
            }
            if let range = path.range(of: "target_group=g") {
                let number = Int(path[range.upperBound...].prefix { $0.isNumber }) ?? 0
                return .init(body: #"{"count":1,"next":null,"results":[\#(row(number))]}"#)
            }
            guard path.contains("multinode_definition") else { return .init(body: #"{"count":0,"results":[]}"#) }
            return Self.page(path, of: 105, knowsID: true, row)
        }) { lab in
            var found: [Int] = []
            var after: Int?
            var searches = 0
            repeat {
                let requests = lab.requests.paths.count
                let findings = try await Self.search(lab, after: after)
                #expect(findings.submissions.count <= LAVAClient.maximumGroups)
                #expect(lab.requests.paths.count - requests <= LAVAClient.maximumGroups + 2)
                found += findings.jobs.map(\.id)
                after = findings.moreAfter
                searches += 1
            } while after != nil && searches < 100
            #expect(found == Array(1...105) && searches == 6)
        }
    }

    @Test("A group without end is taken as far as any lab makes one") func largeGroup() async throws {
        try await ScriptedLab.with({ path in
            Self.page(path, of: 30_000, knowsID: true) { number in
                let group =
                    "protocols:\\n  lava-multinode:\\n    target_group: g\\n    sub_id: \(number)\\n    group_size: 99999\\n"
                return
                    #"{"id":\#(number),"state":"Running","health":"Unknown","definition":"\#(group)","#
                    + #""multinode_definition":"\#(Self.mark)\na: b"}"#
            }
        }) { lab in
            let findings = try await Self.search(lab, after: nil)
            let group = try #require(findings.submissions.first)
            #expect(findings.submissions.count == 1 && group.jobs.count == LAVASubmission.maximumSize)
            #expect(findings.moreAfter == LAVAClient.maximumFound)
            #expect(lab.requests.paths.count < 12)
        }
    }

    @Test("Of more groups without text than can be asked for nothing is concluded") func lostGroups() async throws {
        let definition = "job_name: a\nprotocols:\n  lava-multinode:\n    roles:\n      r: {count: 1}\n"
        try await ScriptedLab.with({ path in
            if path.contains("whoami") { return .init(body: #"{"user":"me"}"#) }
            guard path.contains("submitter__username") || path.contains("target_group") else {
                return .init(body: #"{"count":0,"results":[]}"#)
            }
            // Each looks as if it were ours, and is somebody else's when it is asked for.
            let isAsked = path.contains("target_group")
            return Self.page(path, of: isAsked ? 1 : 500, knowsID: true) { number in
                let name = path.range(of: "target_group=").map { String(path[$0.upperBound...].prefix { $0 != "&" }) }
                let group =
                    "job_name: a\\nprotocols:\\n  lava-multinode:\\n    target_group: \(name ?? "g\(number)")\\n"
                    + "    role: r\\n    sub_id: 0\\n    group_size: 1\\n"
                let submitter = isAsked ? "other" : "me"
                return
                    #"{"id":\#(number),"state":"Running","health":"Unknown","submitter":"\#(submitter)","description":"a","#
                    + #""submit_time":"2026-11-23T20:07:43.324503Z","definition":"\#(group)"}"#
            }
        }) { lab in
            let error = await #expect(throws: LAVAError.self) {
                try await lab.client.findJobs(
                    tag: Self.tag,
                    since: Date(timeIntervalSince1970: 0),
                    definition: definition,
                    isOwned: { _ in [] }
                )
            }
            #expect(error?.description.contains("more than 20 groups") == true, "\(String(describing: error))")
            #expect(lab.requests.paths.count < 30)
        }
    }
}
