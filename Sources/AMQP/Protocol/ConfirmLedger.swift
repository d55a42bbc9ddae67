// SPDX-License-Identifier: Apache-2.0

/// Counts publishes of one channel in confirm mode and matches them with acks, nacks and returns. Pure.
///
/// The broker numbers publishes from 1 in the order in which they arrive and never says the number itself, so both
/// sides count. A message no queue takes is returned *and then acked* (RabbitMQ, "Consumer Acknowledgements and
/// Publisher Confirms"); a return carries no number, so it is matched by address and content with the oldest publish
/// that is like it. Two publishes that are alike in all that cannot be told apart, and need not be.
struct ConfirmLedger {
    /// How a publish ended.
    enum Outcome: Equatable {
        case confirmed
        case nacked
        case returned(ReturnReason)
    }

    private struct Entry {
        var publish: UInt64
        var exchange: String
        /// Kept of a mandatory publish alone, to know it again should it be returned.
        var publication: AMQPPublication?
        var returned: ReturnReason?
        var isSettled = false
    }

    private var entries: [Entry] = []
    /// Where the oldest unsettled entry stands in `entries`; what is before it is cleared now and then.
    private var head = 0
    /// The number the broker gave to `entries[0]`.
    private var firstTag: UInt64 = 1

    /// Publishes that wait for their confirm, oldest first.
    var unsettled: [UInt64] { entries[head...].filter { !$0.isSettled }.map(\.publish) }

    /// The same, with the exchange each went to.
    var unsettledWithExchange: [(publish: UInt64, exchange: String)] {
        entries[head...].filter { !$0.isSettled }.map { ($0.publish, $0.exchange) }
    }

    /// Counts a publish whose method frame is being written.
    mutating func append(publish: UInt64, publication: AMQPPublication) {
        let kept = publication.mandatory ? publication : nil
        entries.append(Entry(publish: publish, exchange: publication.exchange, publication: kept))
    }

    /// Takes a return; the ack that follows will report it.
    mutating func receiveReturn(_ reason: ReturnReason, message: AMQPMessage) {
        let candidates = entries.indices[head...].filter { index in
            guard let publication = entries[index].publication, entries[index].returned == nil else { return false }
            return publication.exchange == reason.exchange && publication.routingKey == reason.routingKey
        }
        // Properties may come back in another spelling (an integer of another width): address alone must do then.
        let exact = candidates.first { entries[$0].publication?.message == message }
        let sameID = candidates.first {
            entries[$0].publication?.message.properties.messageID == message.properties.messageID
        }
        if let index = exact ?? sameID ?? candidates.first { entries[index].returned = reason }
    }

    /// Takes an ack or a nack; answers what it settles, oldest first. Numbers never given out settle nothing.
    mutating func receive(deliveryTag: UInt64, multiple: Bool, isAck: Bool) -> [(publish: UInt64, outcome: Outcome)] {
        let last: Int
        if deliveryTag == 0 && multiple {
            last = entries.count - 1
        } else {
            guard deliveryTag >= firstTag, let offset = Int(exactly: deliveryTag - firstTag), offset < entries.count
            else { return [] }
            last = offset
        }
        guard last >= head else { return [] }
        var settled: [(publish: UInt64, outcome: Outcome)] = []
        for index in multiple ? head...last : last...last where !entries[index].isSettled {
            let entry = entries[index]
            let outcome: Outcome = isAck ? entry.returned.map { .returned($0) } ?? .confirmed : .nacked
            settled.append((entry.publish, outcome))
            entries[index].isSettled = true
            entries[index].publication = nil
        }
        advance()
        return settled
    }

    private mutating func advance() {
        while head < entries.count, entries[head].isSettled { head += 1 }
        guard head == entries.count || head > 1024 else { return }
        entries.removeFirst(head)
        firstTag += UInt64(head)
        head = 0
    }
}

extension ConfirmLedger {
    /// Tells who is to blame when the broker closes a channel with publishes outstanding: it names the exchange, never
    /// the message (`NOT_FOUND - no exchange 'x' in vhost '/'`). A lone publish is to blame in any case.
    func failures(
        reason: CloseReason,
        culprit: AMQPError,
        bystander: AMQPError
    ) -> [(publish: UInt64, error: AMQPError)] {
        let waiting = unsettledWithExchange
        let named = waiting.filter { entry in reason.replyText.contains("'\(entry.exchange)'") }
        let blamed = Set(waiting.count == 1 ? waiting.map(\.publish) : named.map(\.publish))
        return waiting.map { ($0.publish, blamed.contains($0.publish) ? culprit : bystander) }
    }
}
