// SPDX-License-Identifier: Apache-2.0

/// Which deliveries of a channel have been settled, so that many are acknowledged by one frame. Pure.
///
/// A broker numbers the deliveries of a channel from 1. An acknowledgment with `multiple` is one of all that are not
/// settled up to its number (AMQP 0-9-1, `basic.ack`), so it may only be sent when none before it is still in work. What
/// counts is what has been written, in its order: a delivery whose refusal still waits to be written is not settled.
struct SettlementLedger {
    /// All before this one are settled.
    private var lowest: UInt64 = 1
    /// Those behind it that are settled.
    private var settled: Set<UInt64> = []

    /// A delivery has been settled by a frame of its own.
    mutating func settle(_ tag: UInt64) {
        guard tag >= lowest else { return }
        settled.insert(tag)
        advance()
    }

    /// The frames that acknowledge these deliveries.
    mutating func acknowledge(_ tags: [UInt64]) -> [ClientMethod] {
        settled.formUnion(tags.filter { $0 >= lowest })
        advance()
        let together = tags.filter { $0 < lowest }
        let apart = tags.filter { $0 >= lowest }.map { ClientMethod.basicAck(deliveryTag: $0, multiple: false) }
        guard let last = together.max() else { return apart }
        return [.basicAck(deliveryTag: last, multiple: together.count > 1)] + apart
    }

    private mutating func advance() {
        while settled.remove(lowest) != nil { lowest += 1 }
    }
}
