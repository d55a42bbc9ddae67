// SPDX-License-Identifier: Apache-2.0

/// Why a lab did not do what it was asked.
///
/// Two questions decide what follows: may it be tried again (``isRetriable``), and may the lab have done it all
/// the same (``requestMayHaveBeenProcessed``). After a doubtful submission ask
/// ``LAVAClient/findJobs(comment:since:definition:isOwned:)`` before submitting again: LAVA has no idempotency key.
public struct LAVAError: Error, Sendable, Equatable {
    /// What kind of failure it was.
    public enum Kind: Sendable, Equatable {
        /// LAVA refused the request for good, in its own words (400, 413, 415, 422).
        case refused(message: String)

        /// The token is wrong or lacks a right (401, 403). LAVA 2023.01 says 403 for both.
        case unauthorized(message: String)

        /// There is no such thing (404, 410).
        case notFound

        /// The lab asks for a pause (429, or 503 with Retry-After).
        case throttled(retryAfter: Duration?)

        /// The lab failed (5xx). The excerpt is the first text of the answer without its HTML.
        case server(status: Int, excerpt: String)

        /// An answer that is not what LAVA says: HTML in place of JSON, a redirect, a 201 without job ids.
        case unexpected(reason: String)

        /// An answer was larger than `maximumResponseBytes` allows, which is `limit`.
        case tooLarge(limit: Int)

        /// The connection could not be made or broke.
        case transport(reason: String)

        /// The request was never sent: too many others to the lab were open for too long (``LAVALab/poolTimeout``). That
        /// says nothing of the lab.
        case busy

        /// The limit of the request was reached.
        case timeout

        /// The calling task was cancelled.
        case cancelled
    }

    /// What kind of failure it was.
    public let kind: Kind

    /// Whether the lab may have done what was asked although no good answer came. It is true only for requests
    /// that change something, and errs on the side of doubt: a timeout, a connection lost after it was made, a
    /// redirect, a 5xx and an answer that makes no sense leave it open; a refused connection and a 4xx do not.
    public let requestMayHaveBeenProcessed: Bool

    /// Describes a failure.
    public init(kind: Kind, requestMayHaveBeenProcessed: Bool) {
        self.kind = kind
        self.requestMayHaveBeenProcessed = requestMayHaveBeenProcessed
    }

    /// Whether the same request may succeed later. An unknown device tag is a 5xx in LAVA 2023.01 and never
    /// passes, so whoever retries needs a limit.
    public var isRetriable: Bool {
        switch kind {
        case .refused, .unauthorized, .cancelled: false
        case .notFound, .throttled, .server, .unexpected, .tooLarge, .transport, .timeout, .busy: true
        }
    }
}

extension LAVAError {
    /// Whether it tells nothing of the lab: our own line was too long, or whoever asked was told to stop. It is no failure of
    /// the lab's, and no try.
    public var isOurs: Bool {
        switch kind {
        case .busy, .cancelled: true
        default: false
        }
    }
}

extension LAVAError: CustomStringConvertible {
    /// One sentence; a token is never part of it, since no header is ever kept.
    public var description: String {
        switch kind {
        case .refused(let message): "The lab refused the request: \(message)"
        case .unauthorized(let message): "The lab refuses access\(Self.colon(message))"
        case .notFound: "The lab knows no such thing (404)"
        case .throttled(let pause?): "The lab asks for a pause of \(pause.components.seconds) s"
        case .throttled(nil): "The lab asks for a pause"
        case .server(let status, let excerpt): "The lab failed (HTTP \(status))\(Self.colon(excerpt))"
        case .tooLarge(let limit): "The lab's answer is larger than \(limit) bytes"
        case .unexpected(let reason): "The lab's answer makes no sense: \(reason)"
        case .transport(let reason): "The lab could not be reached: \(reason)"
        case .busy: "The lab was not asked: too many requests to it were open for too long"
        case .timeout: "The lab did not answer in time"
        case .cancelled: "The request was canceled"
        }
    }

    private static func colon(_ words: String) -> String { words.isEmpty ? "" : ": \(words)" }
}
