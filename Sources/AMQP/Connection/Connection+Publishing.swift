// SPDX-License-Identifier: Apache-2.0

extension Connection {
    /// Publishes on a channel in confirm mode and waits for the confirm, up to the deadline.
    /// - Throws: ``AMQPError``; one that is not in doubt means that nothing was sent or that the broker refused.
    func publish(
        channel number: UInt16,
        _ publication: AMQPPublication,
        until deadline: ContinuousClock.Instant
    ) async throws(AMQPError) {
        guard let raw else { throw failure ?? AMQPError(.closed, "The connection is closed.") }
        guard isOpen(channel: number) else { throw AMQPError(.connectionLost, "The channel was closed.") }
        try raw.check(publication)
        let id = pending.makeID()
        let result = await withCheckedContinuation { continuation in
            pending.insert(publish: id, continuation, until: deadline)
            outgoing.append(.message(channel: number, publish: id, publication))
        }
        try result.get()
    }

    /// Whether something waits that may be written as soon as there is room.
    var hasWritable: Bool {
        guard let item = outgoing.first else { return false }
        return !isHeldBack(item)
    }

    /// A blocked broker reads no more from this connection: what is not begun waits here, where it can time out
    /// for certain instead of in doubt.
    private func isHeldBack(_ item: OutgoingQueue.Item) -> Bool {
        if case .message = item, outgoing.bodyOffset == nil { isBlocked } else { false }
    }

    /// Writes what waits, as long as there is room.
    func flush(_ raw: RawConnection) throws(AMQPError) {
        guard let first = outgoing.first, !isHeldBack(first) else { return }
        raw.setCork(true)
        defer { raw.setCork(false) }
        // A third of the buffer is free when the socket says so; frames are small beside it.
        var frames = 0
        var budget = 0
        while let item = outgoing.first, !isHeldBack(item) {
            if budget <= 0 {
                guard raw.hasRoom() else { return }
                budget = raw.maximumFragment
            }
            budget -= try writeNext(item, raw) + Self.overhead
            frames += 1
            // Let incoming frames have their turn during a long burst.
            if frames == 512 { return }
        }
    }

    /// What a small frame costs in the kernel beyond its bytes, roughly.
    private static let overhead = 512

    /// Writes the next frames of an item; answers about how many bytes.
    private func writeNext(_ item: OutgoingQueue.Item, _ raw: RawConnection) throws(AMQPError) -> Int {
        switch item {
        case .method(let channel, .basicAck):
            let frames = channels[channel]?.settlements.acknowledge(takeAcks(of: channel)) ?? []
            for frame in frames { try raw.send(channel: channel, frame) }
            return 64 * frames.count
        case .method(let channel, let method):
            outgoing.removeFirst()
            if case .basicNack(let tag, _) = method { channels[channel]?.settlements.settle(tag) }
            try raw.send(channel: channel, method)
            return 64
        case .message(let channel, let publish, let publication):
            let body = publication.message.body
            guard let offset = outgoing.bodyOffset else {
                return try writeHead(channel, publish, publication, raw)
            }
            let end = min(offset + raw.maximumFragment, body.count)
            try raw.sendBody(channel: channel, body, offset..<end)
            if end == body.count { outgoing.removeFirst() } else { outgoing.advance(bodyOffset: end) }
            return end - offset
        }
    }

    /// Takes the acknowledgments of a channel that are next, as far as nothing else is between them.
    private func takeAcks(of channel: UInt16) -> [UInt64] {
        var tags: [UInt64] = []
        while case .method(channel, .basicAck(let tag, _)) = outgoing.first {
            tags.append(tag)
            outgoing.removeFirst()
        }
        return tags
    }

    private func writeHead(
        _ channel: UInt16,
        _ publish: UInt64,
        _ publication: AMQPPublication,
        _ raw: RawConnection
    ) throws(AMQPError) -> Int {
        guard pending.isWaiting(publish: publish), isOpen(channel: channel) else {
            outgoing.removeFirst()
            pending.resume(publish: publish, .failure(AMQPError(.connectionLost, "The channel was closed.")))
            return 0
        }
        channels[channel]?.machine.begin(publish: publish, publication)
        try raw.sendHead(channel: channel, publication)
        if publication.message.body.isEmpty { outgoing.removeFirst() } else { outgoing.advance(bodyOffset: 0) }
        return 64 + publication.message.properties.encodedSize
    }
}
