// SPDX-License-Identifier: Apache-2.0

import Metrics
import Synchronization

/// All series of one metric.
struct MetricFamily {
    let kind: MetricKind
    var series: [MetricLabels: MetricCell]
}

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

/// What a metric measures, and so how it is named and written.
enum MetricKind: Hashable {
    case counter
    case gauge
    case histogram(bounds: [Double])
    case timer(bounds: [Double])

    /// The word of the text format.
    var word: String {
        switch self {
        case .counter: "counter"
        case .gauge: "gauge"
        case .histogram, .timer: "histogram"
        }
    }

    /// The upper bounds of its buckets; empty for what has none.
    var bounds: [Double] {
        switch self {
        case .counter, .gauge: []
        case .histogram(let bounds), .timer(let bounds): bounds
        }
    }

    /// The name under which `label` is written: `jobsets.accepted` becomes `muster_jobsets_accepted_total`.
    func name(for label: String) -> String {
        var name = Self.plain(label)
        if !name.hasPrefix("muster_") { name = "muster_" + name }
        switch self {
        case .counter: return name.hasSuffix("_total") ? name : name + "_total"
        case .timer: return name.hasSuffix("_seconds") ? name : name + "_seconds"
        case .gauge, .histogram: return name
        }
    }

    /// `text` with every character but ASCII letters, digits and `_` turned into `_`.
    static func plain(_ text: String) -> String {
        String(
            text.unicodeScalars.map { scalar in
                switch scalar {
                case "a"..."z", "A"..."Z", "0"..."9", "_": Character(scalar)
                default: "_"
                }
            }
        )
    }
}

/// The labels of one series, in the shape in which they are written.
struct MetricLabels: Hashable {
    /// `a="x",b="y"`, sorted by name; empty for none.
    let text: String

    /// The longest value of a label, in characters; what is longer is cut.
    static let maximumValueLength = 128

    init(_ dimensions: [(String, String)]) {
        let pairs = dimensions.map { (Self.name($0), Self.escaped($1)) }
        text = pairs.sorted { $0.0 < $1.0 }.map { "\($0.0)=\"\($0.1)\"" }.joined(separator: ",")
    }

    /// The labels in braces, with one more at their end if there is one; empty for none.
    func braced(adding last: String? = nil) -> String {
        let all = [text, last ?? ""].filter { !$0.isEmpty }.joined(separator: ",")
        return all.isEmpty ? "" : "{\(all)}"
    }

    /// Whether one of them is this. Quotes within values are escaped, so no value can look like another label.
    func contains(_ name: String, _ value: String) -> Bool {
        ",\(text),".contains(",\(MetricLabels([(name, value)]).text),")
    }

    /// Looks before it searches: a label is made for each event that is counted, and hardly one needs escaping.
    private static func escaped(_ value: String) -> String {
        let value = value.utf8.count <= maximumValueLength ? value : String(value.prefix(maximumValueLength))
        guard value.utf8.contains(where: { $0 == 0x5C || $0 == 0x22 || $0 == 0x0A }) else { return value }
        return value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }

    private static func name(_ text: String) -> String {
        let plain = MetricKind.plain(text)
        return plain.first.map { $0.isNumber } ?? true ? "_" + plain : plain
    }
}
