// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import HTTPExchange
internal import NIOCore
internal import NIOHTTP1

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

extension LAVAError {
    /// What an answer means, or nil for a 2xx.
    static func answer(_ response: LAVAResponse, changesSomething: Bool) -> LAVAError? {
        switch response.status {
        case 200..<300: return nil
        case 300..<400:
            let target = AnswerText.excerpt(response.headers.first(name: "location") ?? "nowhere", limit: 200)
            // Whatever redirects may have passed the request on before.
            return LAVAError(
                kind: .unexpected(reason: "HTTP \(response.status) to \(target); set the lab's address to that"),
                requestMayHaveBeenProcessed: changesSomething
            )
        case 400 where !response.isJSON:
            // Not the API's own words, but a proxy's or the framework's, e.g. of a Host header that is not allowed.
            // That says nothing about the definition, so it must not reject a job for good.
            return certain(.unexpected(reason: "HTTP 400: \(AnswerText.plain(html: response.text(), limit: 200))"))
        case 400, 413, 415, 422: return certain(.refused(message: message(of: response)))
        case 401, 403:
            let words = message(of: response)
            return certain(.unauthorized(message: words.isEmpty ? "HTTP \(response.status)" : words))
        case 404, 410: return certain(.notFound)
        case 408: return LAVAError(kind: .timeout, requestMayHaveBeenProcessed: changesSomething)
        case 429: return certain(.throttled(retryAfter: pause(of: response)))
        case 503 where response.headers.contains(name: "retry-after"):
            return LAVAError(
                kind: .throttled(retryAfter: pause(of: response)),
                requestMayHaveBeenProcessed: changesSomething
            )
        case 500...:
            return LAVAError(
                kind: .server(status: response.status, excerpt: message(of: response)),
                requestMayHaveBeenProcessed: changesSomething
            )
        default:
            let words = message(of: response)
            return certain(.unexpected(reason: "HTTP \(response.status)" + (words.isEmpty ? "" : ": \(words)")))
        }
    }

    private static func certain(_ kind: Kind) -> LAVAError {
        LAVAError(kind: kind, requestMayHaveBeenProcessed: false)
    }

    /// LAVA's words: `message` or `detail`, or else each field with its complaints.
    private static func message(of response: LAVAResponse) -> String {
        guard response.isJSON,
            let value = try? JSONDecoder().decode(Complaint.self, from: Data(response.body.readableBytesView))
        else { return AnswerText.complaint(html: response.text(), status: response.status) }
        return AnswerText.excerpt(value.text, limit: AnswerText.messageLimit)
    }

    private static func pause(of response: LAVAResponse) -> Duration? {
        response.headers.first(name: "retry-after").flatMap { RetryAfter.parse($0) }
    }
}

extension LAVAError {
    /// What no whole answer means. Only what is known to have happened before the first byte was sent leaves no doubt.
    static func transport(_ error: any Error, changesSomething: Bool) -> LAVAError {
        let failure = ConnectionFailure(error, authoritiesKey: "ca_file")
        let kind: Kind =
            switch failure.kind {
            case .canceled: .cancelled
            case .timeout: .timeout
            case .untrusted: .transport(reason: "TLS: \(failure.reason)")
            case .broken: .transport(reason: failure.reason)
            }
        return LAVAError(kind: kind, requestMayHaveBeenProcessed: changesSomething && !failure.wasNotSent)
    }
}

/// The body of a refusal. LAVA writes `{"message": "…"}`, the framework below it `{"detail": "…"}` or
/// `{"field": ["…", …]}`, nested where the field is.
struct Complaint: Decodable {
    /// Everything it says, on one line for each field.
    let text: String

    init(from decoder: any Decoder) throws {
        self.text = try Self.read(decoder, depth: 0)
    }

    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private static func read(_ decoder: any Decoder, depth: Int) throws -> String {
        // A refusal nests twice; the limit keeps a hostile one from doing so without end.
        guard depth < 8 else { return "…" }
        if let fields = try? decoder.container(keyedBy: Key.self) {
            var lines: [String] = []
            for key in fields.allKeys.sorted(by: { $0.stringValue < $1.stringValue }) {
                let words = try read(fields.superDecoder(forKey: key), depth: depth + 1)
                lines.append(["message", "detail"].contains(key.stringValue) ? words : "\(key.stringValue): \(words)")
            }
            return lines.joined(separator: "\n")
        }
        if var list = try? decoder.unkeyedContainer() {
            var words: [String] = []
            while !list.isAtEnd { words.append(try read(list.superDecoder(), depth: depth + 1)) }
            return words.joined(separator: " ")
        }
        let value = try decoder.singleValueContainer()
        if let text = try? value.decode(String.self) { return text }
        if let flag = try? value.decode(Bool.self) { return flag ? "true" : "false" }
        if let number = try? value.decode(Double.self) { return "\(number)" }
        return "null"
    }
}
