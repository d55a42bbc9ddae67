// SPDX-License-Identifier: Apache-2.0

import FleetRuntime
import Synchronization

/// Spans that have ended and are not exported yet. Those that find no room are dropped and counted: nobody who does the
/// fleet's work waits for a collector.
package final class SpanQueue: Sendable {
    private let spans = Mutex<[SpanRecord]>([])
    private let openness = Mutex(true)
    private let capacity: Int

    package init(capacity: Int) { self.capacity = capacity }

    /// Whether somebody exports what it takes in. While nobody does, it takes in nothing.
    package var isOpen: Bool {
        get { openness.withLock { $0 } }
        set { openness.withLock { $0 = newValue } }
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
