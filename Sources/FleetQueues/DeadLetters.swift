// SPDX-License-Identifier: Apache-2.0

package import AMQP
package import Fleet
import Foundation

/// The dead-letter queue in the hands of a person: look, have messages handled again, drop them.
///
/// A broker shows a message only by handing it out. So each method takes messages from the head of the queue, at most
/// ``maximumMessages`` and ``maximumBytes`` of them, and gives back those that are not meant; should the program die
/// in between, the broker puts them back itself.
package struct DeadLetters: Sendable {
    /// What requeueing came to.
    package struct Requeued: Sendable, Equatable {
        /// Those that are in their queue again.
        package var moved: [DeadLetter] = []
        /// Those that stay, because no queue of this fleet is known to be theirs.
        package var homeless: [DeadLetter] = []
    }

    /// The most messages that are looked at in one call.
    package static let maximumMessages = 10_000
    /// Beyond so many bytes of bodies no further message is looked at.
    package static let maximumBytes = 268_435_456

    /// How long messages that were given back are waited for.
    private static let returnLimit: Duration = .seconds(10)

    private let session: AMQPSession
    private let topology: FleetTopology

    /// The dead letters of the fleet of `topology`.
    package init(session: AMQPSession, topology: FleetTopology) {
        self.session = session
        self.topology = topology
    }

    /// How many there are; nil when the queue does not exist.
    package func count() async throws(AMQPError) -> Int? {
        try await session.messageCount(topology.dead)?.messages
    }

    /// The first `limit` of them, the oldest first. They stay where they are.
    package func list(limit: Int) async throws(AMQPError) -> [DeadLetter] {
        var letters: [DeadLetter] = []
        try await walk(limit: limit) { letter, _ throws(AMQPError) in
            letters.append(letter)
            return false
        }
        return letters
    }

    /// Puts messages back into the queues they came from, as if they had never been tried. Each is confirmed there
    /// before it leaves the dead-letter queue, so a crash in between doubles one and loses none.
    package func requeue(
        _ selection: DeadLetterSelection,
        limit: Int = Self.maximumMessages
    ) async throws(AMQPError) -> Requeued {
        var result = Requeued()
        let queues = Set(topology.workQueues)
        try await walk(limit: limit) { letter, message throws(AMQPError) in
            guard selection.contains(letter) else { return false }
            guard let queue = letter.queue, queues.contains(queue) else {
                result.homeless.append(letter)
                return false
            }
            try await session.publish(PutOffMessage.fresh(message), exchange: "", routingKey: queue)
            result.moved.append(letter)
            return true
        }
        return result
    }

    /// Removes messages for good.
    package func drop(_ selection: DeadLetterSelection, limit: Int = Self.maximumMessages) async throws(AMQPError)
        -> [DeadLetter]
    {
        var dropped: [DeadLetter] = []
        try await walk(limit: limit) { letter, _ throws(AMQPError) in
            guard selection.contains(letter) else { return false }
            dropped.append(letter)
            return true
        }
        return dropped
    }

    /// Shows each message once to `isDone`, then gives back those that are not done with. What is given back stands
    /// ahead of what was never taken and would be handed out again at once, so all are held until the end.
    private func walk(
        limit: Int,
        _ isDone: (DeadLetter, AMQPMessage) async throws(AMQPError) -> Bool
    ) async throws(AMQPError) {
        let workQueues = Set(topology.workQueues)
        var held: [AMQPGotMessage] = []
        var bytes = 0
        var position = 0
        var failure: AMQPError?
        var left = min(limit, Self.maximumMessages)
        var beyond = 0
        while left > 0, bytes < Self.maximumBytes, failure == nil, let got = try await session.get(queue: topology.dead)
        {
            // Only what is there now: what arrives meanwhile is for the next look.
            if position == 0 { left = min(left, max(0, got.remaining) + 1) }
            beyond = got.remaining
            let letter = DeadLetter(got.delivery, position: position, workQueues: workQueues)
            do throws(AMQPError) {
                if try await isDone(letter, got.message) {
                    try await got.ack()
                } else {
                    held.append(got)
                    bytes += letter.bodyBytes
                }
            } catch {
                held.append(got)
                failure = error
            }
            position += 1
            left -= 1
        }
        for got in held { try await got.requeue() }
        if !held.isEmpty { try await waitForReturn(of: held.count + beyond) }
        if let failure { throw failure }
    }

    /// Waits until the queue holds again what was given back: the broker does not say when it has taken a message back,
    /// and whoever looks before sees fewer. Not for ever, for another person may have taken them meanwhile.
    private func waitForReturn(of count: Int) async throws(AMQPError) {
        let deadline = ContinuousClock.now + Self.returnLimit
        var pause = Duration.milliseconds(5)
        while ContinuousClock.now < deadline, let found = try await self.count(), found < count {
            do {
                try await Task.sleep(for: pause)
            } catch {
                return
            }
            pause = min(pause * 2, .milliseconds(250))
        }
    }
}

extension DeadLetter {
    /// How much of the body the excerpt shows, in bytes.
    package static let excerptBytes = 200

    init(_ delivery: AMQPDelivery, position: Int, workQueues: Set<String>) {
        let properties = delivery.message.properties
        let deaths = Death.all(in: properties.headers)
        // What the broker put aside itself may carry marks of ours that are of an earlier trouble, or of a stranger's
        // making. What a worker put aside has last died in a delay queue, or never.
        let broker = deaths.first.flatMap { workQueues.contains($0.queue) ? $0 : nil }
        let noted = properties.headers?[PutOffMessage.Header.queue]?.string
        let origin =
            broker?.queue ?? noted ?? deaths.map(\.queue).first { workQueues.contains($0) }
            ?? deaths.first?.queue
        let words = properties.headers?[PutOffMessage.Header.reason]?.string
        let body = delivery.message.body
        self.init(
            key: Self.key([origin ?? "", properties.type ?? "", properties.messageID ?? ""], body),
            position: position,
            queue: origin,
            type: properties.type,
            messageID: properties.messageID,
            reason: broker?.reason ?? words ?? deaths.first?.reason ?? "unknown",
            since: deaths.compactMap(\.time).max() ?? properties.timestamp.flatMap(Death.date),
            bodyBytes: body.count,
            excerpt: String(decoding: body.prefix(Self.excerptBytes), as: UTF8.self)
        )
    }

    /// FNV-1a, 64 bits: names a message for a person; nothing rests on it but which message is meant.
    private static func key(_ texts: [String], _ body: [UInt8]) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        for text in texts {
            text.utf8.forEach(add)
            add(0)
        }
        body.forEach(add)
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
