// SPDX-License-Identifier: Apache-2.0

/// Puts a message together from its method, its header and its body frames. Pure.
///
/// Pieces may be interrupted by frames of other channels, never by another method of the same channel.
struct ContentAssembler {
    /// A message with the method that began it.
    struct Content: Equatable {
        var method: ServerMethod
        var message: AMQPMessage
    }

    private enum Phase {
        case idle
        case waitingForHeader(ServerMethod)
        case waitingForBody(ServerMethod, AMQPMessage, missing: Int)
    }

    /// Never trust an announced size with more memory than this before the bytes have come.
    private static let largestReservation = 1 << 20

    private let maximumBodySize: Int
    private var phase = Phase.idle

    init(maximumBodySize: Int) { self.maximumBodySize = maximumBodySize }

    /// Whether a message is under way, so that only its pieces may come.
    var isBusy: Bool {
        if case .idle = phase { false } else { true }
    }

    /// Begins a message.
    mutating func begin(_ method: ServerMethod) { phase = .waitingForHeader(method) }

    /// Takes the header; the message is complete if it has no body.
    mutating func receiveHeader(bodySize: UInt64, properties: AMQPProperties) throws(AMQPError) -> Content? {
        guard case .waitingForHeader(let method) = phase else {
            throw AMQPError(.protocolViolation, "The broker sent a content header that belongs to nothing.")
        }
        guard let size = Int(exactly: bodySize), size <= maximumBodySize else {
            throw AMQPError(
                .protocolViolation,
                "The broker sent a message of \(bodySize) bytes; the limit is \(maximumBodySize)."
            )
        }
        var message = AMQPMessage(body: [], properties: properties)
        if size == 0 { return finish(method, message) }
        message.body.reserveCapacity(min(size, Self.largestReservation))
        phase = .waitingForBody(method, message, missing: size)
        return nil
    }

    /// Takes a piece of the body; the message is complete with the last one.
    mutating func receiveBody(_ bytes: [UInt8]) throws(AMQPError) -> Content? {
        guard case .waitingForBody(let method, var message, let missing) = phase, bytes.count <= missing else {
            throw AMQPError(.protocolViolation, "The broker sent body bytes that belong to nothing.")
        }
        // The only owner of the body must be `message`, or every piece would copy all before it.
        phase = .idle
        message.body.append(contentsOf: bytes)
        if bytes.count == missing { return finish(method, message) }
        phase = .waitingForBody(method, message, missing: missing - bytes.count)
        return nil
    }

    private mutating func finish(_ method: ServerMethod, _ message: AMQPMessage) -> Content {
        phase = .idle
        return Content(method: method, message: message)
    }
}
