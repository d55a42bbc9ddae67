// SPDX-License-Identifier: Apache-2.0

/// What waits to be written, in order. Pure: it says which frame comes next and how large it is; writing is done
/// elsewhere, only when the socket has room for a whole frame, because rabbitmq-c would wait for room without end.
///
/// Its length is bounded by those who fill it: calls, settlements (prefetch) and publishes (maximum unconfirmed).
struct OutgoingQueue {
    /// One thing to write.
    enum Item {
        case method(channel: UInt16, ClientMethod)
        case message(channel: UInt16, publish: UInt64, AMQPPublication)
    }

    private var items: [Item?] = []
    private var head = 0
    /// How much of the first item's body is written; nil while nothing of the item is.
    private(set) var bodyOffset: Int?

    var isEmpty: Bool { head == items.count }

    /// What is next.
    var first: Item? { head < items.count ? items[head] : nil }

    mutating func append(_ item: Item) { items.append(item) }

    /// The method and header frames of the first item are written, and that much of its body.
    mutating func advance(bodyOffset: Int) { self.bodyOffset = bodyOffset }

    /// The first item is written.
    mutating func removeFirst() {
        guard head < items.count else { return }
        // Free the body at once, not when the array is compacted.
        items[head] = nil
        head += 1
        bodyOffset = nil
        if head == items.count || head > 1024 {
            items.removeFirst(head)
            head = 0
        }
    }

    /// Takes out what has not begun to be written and matches; answers it. What has begun must be finished, or the
    /// peer would take the next frame for its rest.
    mutating func removeUnstarted(where matches: (Item) -> Bool) -> [Item] {
        var removed: [Item] = []
        var kept: [Item?] = []
        for (offset, item) in items[head...].enumerated() {
            guard let item else { continue }
            if !(offset == 0 && bodyOffset != nil) && matches(item) { removed.append(item) } else { kept.append(item) }
        }
        items = kept
        head = 0
        return removed
    }
}
