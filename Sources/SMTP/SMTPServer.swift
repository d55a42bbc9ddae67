// SPDX-License-Identifier: Apache-2.0

private import Dispatch
public import Mail

/// A server that takes mail, and how to speak with it. Each message has a connection of its own.
public struct SMTPServer: Sendable {
    /// Whether a connection to `smtp://` is encrypted by STARTTLS; `smtps://` always is.
    public enum StartTLS: Sendable, Hashable {
        /// No message, no password without it.
        case required
        /// Where the server offers it.
        case optional
        /// Never.
        case off
    }

    /// `smtp://host:port` or `smtps://host:port`.
    public var url: String
    /// For `smtp://`.
    public var startTLS: StartTLS
    /// Who logs in; `nil` for nobody.
    public var user: String?
    /// The user's password.
    public var password: String?
    /// Certificates in PEM that the server's is checked against, instead of the system's.
    public var caFile: String?
    /// Seconds until there is a connection, and until all is done.
    public var connectTimeout: Int
    /// Seconds for the whole of a message.
    public var timeout: Int

    private static let queue = DispatchQueue(label: "muster.smtp", attributes: .concurrent)

    /// A server from its parts.
    public init(
        url: String,
        startTLS: StartTLS = .required,
        user: String? = nil,
        password: String? = nil,
        caFile: String? = nil,
        connectTimeout: Int = 10,
        timeout: Int = 60
    ) {
        self.url = url
        self.startTLS = startTLS
        self.user = user
        self.password = password
        self.caFile = caFile
        self.connectTimeout = connectTimeout
        self.timeout = timeout
    }

    /// Hands `message` over to all its receivers; returns once the server has taken it, and at the latest after
    /// ``timeout``. It waits on a thread of its own, none of Swift's pool, and does not end early when its task is
    /// canceled: a message that may have been taken is not given up half known.
    ///
    /// - Throws: `SMTPError`; one receiver that is refused refuses the message.
    public func send(_ message: MailMessage) async throws(SMTPError) {
        let result: Result<Void, SMTPError> = await withCheckedContinuation { continuation in
            Self.queue.async { continuation.resume(returning: CurlTransfer.send(message, to: self)) }
        }
        try result.get()
    }
}
