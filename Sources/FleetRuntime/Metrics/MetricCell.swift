// SPDX-License-Identifier: Apache-2.0

import Metrics
import Synchronization

/// The value of one series.
final class MetricCell: Sendable {
    private struct State {
        /// A counter's or gauge's value, or the sum of what a histogram has seen.
        var value = 0.0
        /// How many values a histogram has seen in each bucket, the last without a bound.
        var buckets: [UInt64]
    }

    private let kind: MetricKind
    private let state: Mutex<State>

    init(_ kind: MetricKind) {
        self.kind = kind
        let count = kind.bounds.isEmpty ? 0 : kind.bounds.count + 1
        self.state = Mutex(State(buckets: [UInt64](repeating: 0, count: count)))
    }

    /// Appends the lines of the series called `name`.
    func write(_ name: String, _ labels: MetricLabels, into lines: inout [String]) {
        let state = state.withLock { $0 }
        guard !kind.bounds.isEmpty else {
            lines.append("\(name)\(labels.braced()) \(Self.text(state.value))")
            return
        }
        var count: UInt64 = 0
        for (bound, seen) in zip(kind.bounds + [.infinity], state.buckets) {
            count &+= seen
            lines.append("\(name)_bucket\(labels.braced(adding: "le=\"\(Self.text(bound))\"")) \(count)")
        }
        lines.append("\(name)_sum\(labels.braced()) \(Self.text(state.value))")
        lines.append("\(name)_count\(labels.braced()) \(count)")
    }

    private func add(_ amount: Double) {
        guard amount.isFinite else { return }
        state.withLock { $0.value += amount }
    }

    private func observe(_ amount: Double) {
        guard amount.isFinite else { return }
        let bounds = kind.bounds
        state.withLock { state in
            if bounds.isEmpty {
                state.value = amount
            } else {
                state.value += amount
                state.buckets[bounds.firstIndex { amount <= $0 } ?? bounds.count] &+= 1
            }
        }
    }

    private static func text(_ value: Double) -> String {
        if value == .infinity { return "+Inf" }
        return value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
    }
}

extension MetricCell: CounterHandler, FloatingPointCounterHandler {
    func increment(by amount: Int64) { add(Double(max(0, amount))) }

    func increment(by amount: Double) { add(kind == .counter ? max(0, amount) : amount) }

    func reset() { state.withLock { $0.value = 0 } }
}

extension MetricCell: MeterHandler {
    func set(_ value: Int64) { observe(Double(value)) }

    func set(_ value: Double) { observe(value) }

    func decrement(by amount: Double) { add(-amount) }
}

extension MetricCell: RecorderHandler {
    func record(_ value: Int64) { observe(Double(value)) }

    func record(_ value: Double) { observe(value) }
}

extension MetricCell: TimerHandler {
    func recordNanoseconds(_ duration: Int64) { observe(Double(duration) / 1e9) }
}
