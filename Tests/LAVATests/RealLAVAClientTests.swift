// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import Foundation
import Logging
import Testing

@testable import LAVA

/// What only a real LAVA can show: run by `make test-lava`.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["MUSTER_TEST_LAVA_URL"] != nil), .timeLimit(.minutes(10)))
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
            let numbers = Set(members.map(\.number))
            /// What a search finds of this group: other groups without text may be as much like the definition.
            func found(_ tag: UUID) async throws -> [LAVAJob] {
                try await client.findJobs(tag: tag, since: since, definition: definition) { $0.subtracting(numbers) }
                    .jobs.filter { numbers.contains($0.id) }
            }
            let own = try await found(tag)
            #expect(Set(own.map(LAVALabJob.init)) == Set(members) && own.submissions.allSatisfy(\.isWhole))
            let name = try #require(own.first?.group?.targetGroup)
            let other = try #require(
                GroupDefinition(definition.replacing("cases=", with: "cases=1", maxReplacements: 1))
            )
            let before = try await client.group(name).rows
            for row in before {
                let group = try #require(row.group)
                #expect(wanted.made(group, dump: row.definition ?? "") && row.description == wanted.jobName)
                #expect(!other.made(group, dump: row.definition ?? ""))
            }
            let foreign = try await found(UUID())
            let after = try await client.group(name).rows
            // LAVA may lose the text of any member, and does not give it back. A group with a text is nobody else's;
            // one that has none is known by its definition alone.
            if after.contains(where: { !$0.hasLostText }) { #expect(foreign.isEmpty) }
            if before.allSatisfy(\.hasLostText) { #expect(Set(foreign.map(\.id)) == numbers) }
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
