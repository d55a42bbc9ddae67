// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Synchronization
import TestSupport
import Testing

/// 20,000 requests that mean no good, or make no sense, to a real gateway with a real ingest behind it.
@Suite("A hostile client", .serialized, .timeLimit(.minutes(10)))
struct HostileClientTests {
    private static let seed: UInt64 =
        ProcessInfo.processInfo.environment["MUSTER_TEST_SEED"].flatMap { UInt64($0) } ?? 11
    private static let inputs = 20_000
    private static let clients = 8
    private static let maximumMemory = 200 << 20

    /// What one client met.
    private struct Tally: Sendable {
        var statuses: [Int: Int] = [:]
        var faults: [String] = []
    }

    @Test("Whatever it says, it is answered, and never with a failure; the gateway stays up and small")
    func client() async throws {
        try await TestFleet.with { fleet in
            let ingest = try fleet.start(.ingest)
            let (gateway, port) = try await fleet.startGateway([
                "MUSTER_GATEWAY_REQUESTS_PER_SECOND": "100000", "MUSTER_GATEWAY_REQUEST_BURST": "100000",
                "MUSTER_GATEWAY_HEAD_TIMEOUT_SECONDS": "2", "MUSTER_GATEWAY_BODY_TIMEOUT_SECONDS": "2",
            ])
            let tokens = try await Self.tokens(fleet)
            let jobsets = try await Self.jobsets(fleet)
            let tallies = await Self.run(port: port) { number in
                let text = HostileText(random: SplitMix64(seed: Self.seed &* 1_000 &+ UInt64(number)), jobsets: jobsets)
                return HostileRequests(text: text, tokens: tokens, host: "127.0.0.1:\(port)")
            }
            let faults = tallies.flatMap(\.faults)
            #expect(faults.isEmpty, "seed \(Self.seed): \(faults.count) faults, such as \(faults.prefix(5))")
            #expect(gateway.isRunning && ingest.isRunning, "\(gateway.output.suffix(2_000))")
            #expect(gateway.peakMemory < Self.maximumMemory, "\(gateway.peakMemory >> 20) MiB")
            let counts = tallies.reduce(into: [Int: Int]()) { $0.merge($1.statuses) { $0 + $1 } }
            print(
                "hostile client, seed \(Self.seed): \(counts.sorted { $0.key < $1.key }), \(gateway.peakMemory >> 20) MiB"
            )
            // Nearly all of them were requests, and some of them good ones.
            #expect(counts.values.reduce(0, +) > Self.inputs * 3 / 4)
            let accepted = counts[201, default: 0] + counts[202, default: 0]
            #expect(counts[200, default: 0] > 100 && accepted > 50 && counts[400, default: 0] > 100)
        }
    }

    private static func tokens(_ fleet: TestFleet) async throws -> [String] {
        let all = Set(Ability.allCases)
        return [
            try await fleet.store.newToken(), try await fleet.store.newToken(),
            try await fleet.store.newToken(["h/p"], can: all),
            try await fleet.store.newToken(["x/*"], can: all), try await fleet.store.newToken(["*"], can: [.read]),
            TokenText.make(),
        ]
    }

    private static func jobsets(_ fleet: TestFleet) async throws -> [UUID] {
        var ids: [UUID] = []
        for number in 0..<3 {
            let definitions = Array(repeating: TestFleet.definition(), count: number + 1)
            ids.append(try await fleet.publish(try fleet.document(definitions, version: "\(number)")))
        }
        for id in ids {
            try await eventually("the jobset to be there") { try await fleet.store.jobset(id: id) != nil }
        }
        return ids
    }

    /// Each client on a thread of its own.
    private static func run(
        port: Int,
        _ requests: @escaping @Sendable (Int) -> HostileRequests
    ) async -> [Tally] {
        await withTaskGroup(of: Tally.self) { group in
            for number in 0..<clients {
                group.addTask {
                    await withCheckedContinuation { continuation in
                        Thread.detachNewThread {
                            continuation.resume(returning: play(requests(number), inputs / clients, port: port))
                        }
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    private static func play(_ requests: HostileRequests, _ count: Int, port: Int) -> Tally {
        var requests = requests
        var tally = Tally()
        var connection: BlockingConnection?
        for number in 0..<count {
            let request = requests.next()
            do {
                let current = try connection ?? BlockingConnection(port: port)
                connection = nil
                current.say(request.bytes)
                if request.leaves { continue }
                guard let answer = try current.answer(isHead: request.isHead) else {
                    // A connection that was kept may have been closed meanwhile, as idle or after an answer.
                    if request.isWhole, current.isFresh {
                        throw BlockingConnection.Broken(description: "closed unanswered")
                    }
                    continue
                }
                tally.statuses[answer.status, default: 0] += 1
                // One whose job ingest has not come to yet is told so, and to ask again.
                let isEarly = answer.status == 503 && answer.text.contains("urn:muster:problem:jobs-on-the-way")
                if answer.status >= 500, !isEarly {
                    throw BlockingConnection.Broken(description: String(answer.text.prefix(400)))
                }
                guard request.isWhole else { continue }
                if current.hasMore { throw BlockingConnection.Broken(description: "more than one answer") }
                if !answer.isLast { connection = current }
            } catch {
                let start = String(decoding: request.bytes.prefix(300), as: UTF8.self).debugDescription
                tally.faults.append("input \(number): \(error) to \(start)")
                if tally.faults.count > 20 { return tally }
            }
        }
        return tally
    }
}
