// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import NIOHTTP1
import TestSupport
import Testing

@testable import LabSimulator

/// A lab that answers everything that is malicious, beside a calm one. `MUSTER_HOSTILE_SEED` orders another run.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct HostileLabTests {
    static let (calm, hostile) = ("lab-calm", "lab-hostile")

    /// The most memory that a worker may have had, in bytes.
    static let maximumMemory = 250 * 1024 * 1024

    static let settings: [String: [String: String]] = [
        // Few results are kept, so that there is something to be left out.
        "watcher": ["event_poll_interval_seconds": "0.5", "maximum_results_per_job": "5"],
        // Whatever a lab fails with is no reason to give up a job here.
        "submitter": ["server_error_tries": "1000"],
    ]

    /// What a malicious lab does for a while.
    enum Trick: Sendable, CustomStringConvertible {
        case answers(Malice, path: String?, seed: UInt64)
        case events(StreamMalice)

        var description: String {
            switch self {
            case .answers(let malice, let path, _): "\(malice.rawValue) of \(path ?? "everything")"
            case .events(let malice): "events: \(malice.rawValue)"
            }
        }

        /// All of them, in an order that the seed says.
        static func all(seed: UInt64) -> [Trick] {
            var random = TestSupport.SplitMix64(seed: seed)
            let answers = (Malice.allCases + Array(repeating: .garbled, count: 4)).map { malice in
                Trick.answers(
                    malice,
                    path: random.pick([(2, nil), (3, "jobs/*/tests/"), (1, "jobs/")]),
                    seed: random.next() >> 1
                )
            }
            return (answers + StreamMalice.allCases.map(Trick.events)).shuffled(using: &random)
        }
    }

    static let seed = ProcessInfo.processInfo.environment["MUSTER_HOSTILE_SEED"].flatMap { UInt64($0) } ?? 11

    @Test("A malicious lab harms no other, and its own jobs come to their end", arguments: [seed])
    func malice(seed: UInt64) async throws {
        try await TestFleet.with(labs: [Self.calm, Self.hostile], settings: Self.settings) { fleet in
            try fleet.startAll()
            let workers = [TestFleet.Role.submitter, .watcher].flatMap { role in
                fleet.running(role).map { (role, $0) }
            }
            var ids: [UUID] = []
            for trick in Trick.all(seed: seed) {
                do {
                    ids.append(try await Self.play(trick, in: fleet))
                } catch {
                    throw Harmed(trick: "\(trick)", seed: seed, error: "\(error)")
                }
                for (role, worker) in workers {
                    try #require(worker.isRunning, "\(role) died of \(trick), seed \(seed)")
                    let memory = worker.peakMemory
                    try #require(memory < Self.maximumMemory, "\(role): \(memory) bytes by \(trick), seed \(seed)")
                }
            }
            for id in ids {
                // What it was put off for is over, and a calm lab is asked again soon.
                let status = try await fleet.waitUntilFinished(id)
                #expect(status.total == 2)
                for job in try await fleet.store.jobs(of: id) where job.outcome != .complete {
                    #expect(
                        job.reason?.isEmpty == false,
                        "job \(job.position) of \(id) is \(String(describing: job.outcome))"
                    )
                }
            }
            let peaks = workers.map { "\($0) at most \($1.peakMemory / 1_048_576) MB" }.joined(separator: ", ")
            print("a hostile lab, seed \(seed): \(ids.count) tricks, \(peaks)")
        }
    }

    struct Harmed: Error {
        let trick: String
        let seed: UInt64
        let error: String
    }

    /// Has the hostile lab play a trick on two jobs of its own while the calm lab runs one.
    private static func play(_ trick: Trick, in fleet: TestFleet) async throws -> UUID {
        switch trick {
        case .answers(let malice, let path, let seed):
            let match = path.map { #", "match": {"path": "\#($0)"}"# } ?? ""
            let order =
                #"{"kind": "malice", "mode": "\#(malice.rawValue)", "delay_ms": 200, "seed": \#(seed)\#(match)}"#
            _ = try await fleet.lab(hostile, .POST, "/simulator/faults", json: order)
        case .events(let malice):
            let order = #"{"malice": "\#(malice.rawValue)", "for_ms": 1000}"#
            _ = try await fleet.lab(hostile, .POST, "/simulator/streams", json: order)
        }
        let definitions = Array(repeating: TestFleet.definition(), count: 2)
        let version = "\(UUID().uuidString.prefix(8))"
        let id = try await fleet.publish(
            try fleet.document(definitions, backends: [hostile], version: "hostile-\(version)", callback: false)
        )
        let other = try await fleet.publish(
            try fleet.document([TestFleet.definition()], backends: [calm], version: "calm-\(version)", callback: false)
        )
        if case .answers = trick {
            try await eventually("the lab to be asked while it plays \(trick)") {
                try await met(in: fleet) > 0
            }
        }
        let status = try await fleet.waitUntilFinished(other)
        #expect(status.verdict == .passed, "the calm lab's job while the other plays \(trick)")
        _ = try await fleet.lab(hostile, .DELETE, "/simulator/faults")
        return id
    }

    private static func met(in fleet: TestFleet) async throws -> Int {
        struct Order: Decodable { let met: Int }
        let orders = try await fleet.lab(hostile, .GET, "/simulator/faults")
        return try JSONDecoder().decode([Order].self, from: Data(orders.utf8)).reduce(0) { $0 + $1.met }
    }
}
