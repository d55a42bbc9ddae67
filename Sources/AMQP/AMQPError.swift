// SPDX-License-Identifier: Apache-2.0

/// What went wrong, with what the broker said. It never holds a password or a message body.
public struct AMQPError: Error, Sendable, Hashable {
    /// The kinds of error. A struct, so that kinds can be added without breaking a `switch`.
    public struct Code: RawRepresentable, Sendable, Hashable {
        /// The name of the kind.
        public let rawValue: String
        /// A kind by its name.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// No queue took a mandatory message; reply code and text say why. It has not been stored.
        public static let unroutable = Code(rawValue: "unroutable")
        /// The broker refused responsibility, as a full `reject-publish` queue does. It has not been stored.
        public static let nacked = Code(rawValue: "nacked")
        /// The limit of the wait passed. ``AMQPError/isInDoubt`` tells whether it may have happened all the same.
        public static let timeout = Code(rawValue: "timeout")
        /// The connection was lost, or could not be made.
        public static let connectionLost = Code(rawValue: "connectionLost")
        /// The publisher, consumer or session is closed, or shutting down.
        public static let closed = Code(rawValue: "closed")
        /// The body, or the headers, exceed a limit.
        public static let tooLarge = Code(rawValue: "tooLarge")
        /// The broker closed the channel: 404 not found, 406 precondition failed, 403 access refused.
        public static let channelClosed = Code(rawValue: "channelClosed")
        /// User or virtual host refused.
        public static let authentication = Code(rawValue: "authentication")
        /// The certificate of the peer was not accepted, or a file of ours could not be read.
        public static let tls = Code(rawValue: "tls")
        /// A configuration, name or value cannot be used.
        public static let invalidArgument = Code(rawValue: "invalidArgument")
        /// The peer broke the protocol.
        public static let protocolViolation = Code(rawValue: "protocolViolation")
        /// The task was cancelled before anything was sent.
        public static let cancelled = Code(rawValue: "cancelled")
    }

    /// The kind.
    public var code: Code
    /// One sentence for a log.
    public var message: String
    /// The broker's reply code, such as 404.
    public var replyCode: UInt16?
    /// The broker's own words.
    public var replyText: String?
    /// The status of rabbitmq-c, where it came from there.
    public var libraryStatus: Int32?
    /// Whether it may have happened all the same: it was sent, and no answer came.
    public var isInDoubt: Bool

    /// An error.
    public init(
        _ code: Code,
        _ message: String,
        replyCode: UInt16? = nil,
        replyText: String? = nil,
        libraryStatus: Int32? = nil,
        isInDoubt: Bool = false
    ) {
        self.code = code
        self.message = message
        self.replyCode = replyCode
        self.replyText = replyText
        self.libraryStatus = libraryStatus
        self.isInDoubt = isInDoubt
    }

    /// Whether the same call may succeed later without anybody changing anything.
    public var isRetriable: Bool {
        switch code {
        case .nacked, .timeout, .connectionLost, .protocolViolation: true
        case .channelClosed: replyCode != 403 && replyCode != 404 && replyCode != 406
        default: false
        }
    }

    /// Whether a service cannot start with it: a person has to mend the configuration.
    public var isFatal: Bool {
        switch code {
        case .authentication, .invalidArgument: true
        case .tls: true
        case .channelClosed: replyCode == 403 || replyCode == 406
        default: false
        }
    }
}

extension AMQPError: CustomStringConvertible {
    /// Kind, sentence and the broker's words.
    public var description: String {
        var text = "AMQP \(code.rawValue): \(message)"
        if let replyCode { text += " [\(replyCode)\(replyText.map { " \($0)" } ?? "")]" }
        if isInDoubt { text += " (in doubt)" }
        return text
    }
}
