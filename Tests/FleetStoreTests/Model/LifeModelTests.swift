// SPDX-License-Identifier: Apache-2.0

import FleetStore
import Foundation
import Testing

/// `MUSTER_MODEL_SECONDS` says for how long the sequences go on, and `MUSTER_MODEL_SEED` with which one they begin: the
/// suite looks at the same ones each time, and whoever has the time at others.
@Suite("The model of a jobset's life", .timeLimit(.minutes(60)))
struct LifeModelTests {
    static let environment = ProcessInfo.processInfo.environment
    static let duration = Duration.seconds(environment["MUSTER_MODEL_SECONDS"].flatMap { Int($0) } ?? 15)
    static let firstSeed = environment["MUSTER_MODEL_SEED"].flatMap { UInt64($0) } ?? 1

    /// The same seed is the same sequence.
    static func steps(seed: UInt64) -> [LifeStep] {
        var generator = LifeStepGenerator(seed: seed)
        return generator.steps(Int.random(in: 10...60, using: &generator.random))
    }

    @Test("Whatever happens in whatever order, model and tables answer the same and are the same after each step")
    func agrees() async throws {
        try await TestStore.with(connections: 2) { test in
            let trial = LifeTrial(store: test.store)
            let end = ContinuousClock.now + Self.duration
            var seed = Self.firstSeed
            repeat {
                if let found = try await trial.disagreement(in: Self.steps(seed: seed)) {
                    let smallest = try await trial.shrink(found)
                    Issue.record("seed \(seed): \(smallest)")
                    return
                }
                seed += 1
            } while ContinuousClock.now < end
            print("model: \(seed - Self.firstSeed) sequences from seed \(Self.firstSeed)")
        }
    }
}
