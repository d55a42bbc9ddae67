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
    /// How long a connection may take to be set up.
    public var connectTimeout: Duration
    /// How long a message may take, and after it the server's answer.
    public var timeout: Duration

    private static let queue = DispatchQueue(label: "muster.smtp", attributes: .concurrent)

    /// A server from its parts.
    public init(
        url: String,
        startTLS: StartTLS = .required,
        user: String? = nil,
        password: String? = nil,
        caFile: String? = nil,
        connectTimeout: Duration = .seconds(10),
        timeout: Duration = .seconds(60)
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
    /// twice ``timeout``. It waits on a thread of its own, none of Swift's pool, and does not end early when its task is
    /// canceled: a message that may have been taken is not given up half known.
    ///
    /// - Throws: `SMTPError`; one receiver that is refused refuses the message.
    public func send(_ message: MailMessage) async throws(SMTPError) {
        try await onThread { CurlTransfer.send(message, to: self) }
    }

    /// Connects, encrypts and logs in as ``send(_:)`` does, and leaves: nothing is sent.
    ///
    /// - Throws: `SMTPError`.
    public func check() async throws(SMTPError) {
        try await onThread { CurlTransfer.check(self) }
    }

    private func onThread(
        _ transfer: @escaping @Sendable () -> Result<Void, SMTPError>
    ) async throws(SMTPError) {
        let result: Result<Void, SMTPError> = await withCheckedContinuation { continuation in
            Self.queue.async { continuation.resume(returning: transfer()) }
        }
        try result.get()
    }
}
