// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import Foundation
import Logging
import Testing

@testable import LAVA

/// What only a real LAVA can show: run by `make test-lava`.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["MUSTER_TEST_LAVA_URL"] != nil), .timeLimit(.minutes(5)))
struct RealLAVAClientTests {
    private static let environment = ProcessInfo.processInfo.environment

    private static func withClient(_ body: (LAVAClient) async throws -> Void) async throws {
        let lab = LAVALab(
            name: "real",
            url: try #require(environment["MUSTER_TEST_LAVA_URL"].flatMap { URL(string: $0) }),
            token: environment["MUSTER_TEST_LAVA_TOKEN"].map { LAVAToken($0) }
        )
        let httpClient = try LAVAClient.makeHTTPClient(for: [lab])
        let client = LAVAClient(lab: lab, httpClient: httpClient, logger: Logger(label: "test"))
        let result: Result<Void, any Error>
        do { result = .success(try await body(client)) } catch { result = .failure(error) }
        try await httpClient.shutdown()
        try result.get()
    }

    private static func definition(_ name: String) throws -> String {
        let folder = try #require(environment["MUSTER_TEST_LAVA_JOBS"])
        let text = try String(contentsOfFile: "\(folder)/\(name).yaml", encoding: .utf8)
        return text.replacing("@IMG@", with: environment["MUSTER_TEST_LAVA_IMG"] ?? "")
    }

    @Test("A group is named whole at once, found again whole, and known by its definition alone") func group()
        async throws
    {
        let definition = try Self.definition("multinode")
        let wanted = try #require(GroupDefinition(definition))
        try await Self.withClient { client in
            let tag = UUID()
            let since = Date(timeIntervalSinceNow: -60)
            let ids = try await client.submit(definition: definition, tag: tag)
            let members = try await client.members(ofGroup: try #require(ids.first?.group))
            #expect(Set(members.compactMap(\.subID)) == Set(ids.map(\.text)))
            #expect(Set(members.compactMap(\.role)) == wanted.roles && members.count == wanted.size)
            let found = try await client.findJobs(tag: tag, since: since).jobs
            #expect(Set(found.map(LAVALabJob.init)) == Set(members) && found.submissions.allSatisfy(\.isWhole))
            let name = try #require(found.first?.group?.targetGroup)
            let other = try #require(
                GroupDefinition(definition.replacing("cases=", with: "cases=1", maxReplacements: 1))
            )
            for row in try await client.group(name).rows {
                let group = try #require(row.group)
                #expect(wanted.made(group, dump: row.definition ?? ""))
                #expect(row.description == wanted.jobName && !row.hasLostText)
                #expect(!other.made(group, dump: row.definition ?? ""))
            }
            // It has its text, so that it is nobody else's.
            let foreign = try await client.findJobs(tag: UUID(), since: since, definition: definition) { _ in [] }.jobs
            #expect(foreign.isEmpty)
            #expect(try await client.cancel(members.map(\.number)).isEmpty)
        }
    }

    @Test("Many jobs are canceled, and the unknown ones are told") func cancel() async throws {
        let definition = try Self.definition("slow")
        try await Self.withClient { client in
            var numbers: [Int] = []
            for _ in 0..<3 {
                numbers += try await client.submit(definition: definition, tag: UUID()).compactMap(\.number)
            }
            #expect(try await client.cancel(numbers + [2_000_000_000]) == [2_000_000_000])
            for number in numbers {
                let job = try await eventually("job \(number) has ended") {
                    let job = try await client.job(number)
                    return job.state == .finished ? job : nil
                }
                #expect(job.health == .canceled)
            }
            #expect(try await client.cancel(numbers).isEmpty)
        }
    }
}
