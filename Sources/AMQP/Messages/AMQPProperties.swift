// SPDX-License-Identifier: Apache-2.0

/// The properties of a message: all that AMQP 0-9-1 defines for class `basic`.
public struct AMQPProperties: Sendable, Hashable {
    /// Whether a message outlives a restart of the broker (in a durable queue).
    public enum DeliveryMode: UInt8, Sendable, Hashable {
        /// Kept in memory.
        case transient = 1
        /// Written to disk.
        case persistent = 2
    }

    /// MIME type of the body.
    public var contentType: String?
    /// MIME encoding of the body, such as `gzip`.
    public var contentEncoding: String?
    /// Free headers; nil is not the same on the wire as empty, and both survive a round trip.
    public var headers: AMQPTable?
    /// Persistence; nil leaves it to the broker, which takes it for transient.
    public var deliveryMode: DeliveryMode?
    /// 0 to 9, for queues that know priorities.
    public var priority: UInt8?
    /// What this message answers, or what its answer is to carry.
    public var correlationID: String?
    /// The queue for an answer.
    public var replyTo: String?
    /// Time to live in milliseconds, as decimal text.
    public var expiration: String?
    /// The application's id of the message.
    public var messageID: String?
    /// Seconds since 1970.
    public var timestamp: UInt64?
    /// The application's name for the kind of message.
    public var type: String?
    /// The user; the broker checks it against the connection's.
    public var userID: String?
    /// The application that sent it.
    public var appID: String?

    /// Properties of a persistent message; set what else it needs.
    public init(
        contentType: String? = nil,
        contentEncoding: String? = nil,
        headers: AMQPTable? = nil,
        deliveryMode: DeliveryMode? = .persistent,
        priority: UInt8? = nil,
        correlationID: String? = nil,
        replyTo: String? = nil,
        expiration: String? = nil,
        messageID: String? = nil,
        timestamp: UInt64? = nil,
        type: String? = nil,
        userID: String? = nil,
        appID: String? = nil
    ) {
        self.contentType = contentType
        self.contentEncoding = contentEncoding
        self.headers = headers
        self.deliveryMode = deliveryMode
        self.priority = priority
        self.correlationID = correlationID
        self.replyTo = replyTo
        self.expiration = expiration
        self.messageID = messageID
        self.timestamp = timestamp
        self.type = type
        self.userID = userID
        self.appID = appID
    }

    /// An upper bound of the bytes these properties take on the wire.
    var encodedSize: Int {
        let texts = [
            contentType, contentEncoding, correlationID, replyTo, expiration, messageID, type, userID, appID,
        ]
        let ofTexts = texts.reduce(0) { $0 + ($1.map { $0.utf8.count + 1 } ?? 0) }
        return (headers?.encodedSize() ?? 0).addingClamped(ofTexts + 2 + 1 + 1 + 8)
    }
}
