// SPDX-License-Identifier: Apache-2.0

private import Dispatch
package import Mail

/// A server that takes mail, and how to speak with it. Each message has a connection of its own.
package struct SMTPServer: Sendable {
    /// Whether a connection to `smtp://` is encrypted by STARTTLS; `smtps://` always is.
    package enum StartTLS: Sendable, Hashable {
        /// No message, no password without it.
        case required
        /// Where the server offers it.
        case optional
        /// Never.
        case off
    }

    /// `smtp://host:port` or `smtps://host:port`.
    package var url: String
    /// For `smtp://`.
    package var startTLS: StartTLS
    /// Who logs in; `nil` for nobody.
    package var user: String?
    /// The user's password.
    package var password: String?
    /// Certificates in PEM that the server's is checked against, instead of the system's.
    package var caFile: String?
    /// How long a connection may take to be set up.
    package var connectTimeout: Duration
    /// How long a message may take, and after it the server's answer.
    package var timeout: Duration

    private static let queue = DispatchQueue(label: "muster.smtp", attributes: .concurrent)

    /// A server from its parts.
    package init(
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
    package func send(_ message: MailMessage) async throws(SMTPError) {
        try await onThread { CurlTransfer.send(message, to: self) }
    }

    /// Connects, encrypts and logs in as ``send(_:)`` does, and leaves: nothing is sent.
    ///
    /// - Throws: `SMTPError`.
    package func check() async throws(SMTPError) {
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

/// Why a message was not taken.
package struct SMTPError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The status of the server's refusal, as `550`; `nil` when its last reply was none.
    package var status: Int?
    /// In libcurl's words, which hold nothing that the server or a message says.
    package var reason: String
    /// Whether another try can't end otherwise: the server refused this message, by a status of 500 and above.
    /// A refused password or a missing STARTTLS is for the operator to mend, after which the message can go.
    package var isPermanent: Bool

    /// The reason and the status.
    package var description: String { status.map { "\(reason) (SMTP status \($0))" } ?? reason }
}
