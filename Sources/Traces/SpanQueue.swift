// SPDX-License-Identifier: Apache-2.0

import FleetRuntime
import Synchronization

/// Spans that have ended and are not exported yet. Those that find no room are dropped and counted: nobody who does the
/// fleet's work waits for a collector.
package final class SpanQueue: Sendable {
    private let spans = Mutex<[SpanRecord]>([])
    private let exporters = Mutex<Int?>(nil)
    private let capacity: Int

    package init(capacity: Int) { self.capacity = capacity }

    /// Whether somebody exports what it takes in, or will: nobody has begun yet. While nobody does, it takes in nothing.
    package var isOpen: Bool { exporters.withLock { $0 != 0 } }

    /// Keeps it open while `body` runs, which exports what it takes in.
    func withExporter<Outcome>(_ body: () async throws -> Outcome) async rethrows -> Outcome {
        exporters.withLock { $0 = ($0 ?? 0) + 1 }
        defer { exporters.withLock { $0 = ($0 ?? 1) - 1 } }
        return try await body()
    }

    /// Takes in a span, if there is room.
    package func add(_ span: SpanRecord) {
        guard isOpen else { return }
        let isIn = spans.withLock { spans in
            guard spans.count < capacity else { return false }
            spans.append(span)
            return true
        }
        if !isIn { FleetMetric.spans.increment([.outcome: "dropped"]) }
    }

    /// The oldest spans, at most so many, which are not in it any more.
    package func take(atMost limit: Int) -> [SpanRecord] {
        spans.withLock { spans in
            let batch = Array(spans.prefix(limit))
            spans.removeFirst(batch.count)
            return batch
        }
    }
}
