// SPDX-License-Identifier: Apache-2.0

import FleetStore
import Foundation

/// Runs the same sequence through the model and the store, and finds the first step after which they disagree.
struct LifeTrial: Sendable {
    let store: FleetStore
    var mistake: LifeMistake?

    /// Where the two disagree.
    struct Disagreement: Sendable {
        /// The sequence up to and with the step that shows it.
        let steps: [LifeStep]
        let differences: [String]
    }

    func disagreement(in steps: [LifeStep]) async throws -> Disagreement? {
        try await LifeStore.clear(store)
        var model = LifeModel(mistake: mistake)
        var tables = LifeStore(store)
        for (index, step) in steps.enumerated() {
            let expected = model.apply(step)
            var differences = mistake == nil ? model.contradictions.map { "the model contradicts itself: \($0)" } : []
            do {
                let found = try await tables.apply(step)
                if found != expected { differences.append("answer: model \(expected), store \(found)") }
            } catch {
                differences.append("error: \(String(reflecting: error))")
            }
            try await tables.refresh()
            differences += Self.differences(model.facts, tables.rows.facts)
            if !differences.isEmpty { return Disagreement(steps: Array(steps[...index]), differences: differences) }
        }
        let miscounted = try await store.correctTurns()
        if miscounted > 0 { return Disagreement(steps: steps, differences: ["\(miscounted) turns are miscounted"]) }
        return nil
    }

    /// The same in fewer steps: what can be left out is, first in large pieces, then one by one.
    func shrink(_ found: Disagreement, trials: Int = 400) async throws -> Disagreement {
        var smallest = found
        var left = trials
        var size = max(1, found.steps.count / 2)
        while left > 0 {
            var start = smallest.steps.count - 1
            var isSmaller = false
            while start >= 0, left > 0 {
                let end = min(start + size, smallest.steps.count)
                let fewer = Array(smallest.steps[..<start] + smallest.steps[end...])
                left -= 1
                if let still = try await disagreement(in: fewer) {
                    smallest = still
                    isSmaller = true
                    start = min(start, still.steps.count)
                }
                start -= size
            }
            if size == 1, !isSmaller { break }
            size = max(1, size / 2)
        }
        return smallest
    }

    private static func differences(_ model: LifeFacts, _ store: LifeFacts) -> [String] {
        Set(model.keys).union(store.keys).sorted().compactMap { key in
            guard model[key] != store[key] else { return nil }
            return "\(key): model \(model[key] ?? "–"), store \(store[key] ?? "–")"
        }
    }
}

extension LifeTrial.Disagreement: CustomStringConvertible {
    var description: String {
        let numbered = steps.enumerated().map { "  \($0 + 1). \($1)" }
        return (["\(steps.count) steps"] + numbered + differences.map { "  ≠ \($0)" }).joined(separator: "\n")
    }
}
