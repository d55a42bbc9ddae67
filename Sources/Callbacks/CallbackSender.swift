// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import Deadlines
package import Fleet
import FleetRuntime
import Foundation
import HTTPExchange
package import NIOHTTP1
import Synchronization

/// Sends one callback: looks up the receiver, checks its address, dials that very address, and reads the beginning of
/// the answer, all within one limit.
package struct CallbackSender: Sendable {
    /// From name lookup to the last byte.
    package let timeout: Duration
    /// How much of an answer is kept, in bytes; the rest is not read.
    package let excerptBytes: Int
    /// Where a callback may go.
    package let policy: AddressPolicy
    /// Who knows the addresses of names.
    package let resolver: HostResolver
    /// Whose word counts for certificates.
    package let authorities: ReceiverAuthorities

    /// How much of a redirect's target is kept, in Unicode scalars.
    private static let longestLocation = 200

    /// A sender of callbacks.
    package init(
        timeout: Duration,
        excerptBytes: Int,
        policy: AddressPolicy,
        resolver: HostResolver = HostResolver(),
        authorities: ReceiverAuthorities = .system
    ) {
        self.timeout = timeout
        self.excerptBytes = excerptBytes
        self.policy = policy
        self.resolver = resolver
        self.authorities = authorities
    }

    /// Sends `body` to `url`.
    ///
    /// - Parameter method: The HTTP method; a GET has no body.
    /// - Parameter turn: Which of several addresses is dialled: a receiver that is down at one is tried at the next.
    /// - Throws: ``CallbackError`` when no answer came.
    package func send(
        _ method: CallbackMethod = .post,
        _ body: [UInt8],
        to url: String,
        headers: HTTPHeaders,
        turn: Int
    ) async throws(CallbackError) -> CallbackAnswer {
        let end = ContinuousClock.now + timeout
        do {
            let target = try CallbackURL(dialling: url)
            let address = try await address(of: target, turn: turn)
            return try await withClient(dialling: address, for: target) { client in
                var request = HTTPClientRequest(url: target.text)
                request.method = HTTPMethod(rawValue: method.rawValue)
                request.headers = headers
                if method != .get { request.body = .bytes(body) }
                let left = end - .now
                guard left > .zero else { throw CallbackError.timeout(Self.tooLate) }
                let response = try await HTTPExchange.head(of: request, over: client, within: left)
                let status = Int(response.status.code)
                return CallbackAnswer(
                    status: status,
                    retryAfter: response.headers.first(name: "retry-after").flatMap {
                        RetryAfter.parse($0, now: Date())
                    },
                    location: (300..<400).contains(status)
                        ? response.headers.first(name: "location").flatMap(Self.shown(location:)) : nil,
                    excerpt: await excerpt(of: response.body, until: end)
                )
            }
        } catch {
            throw Self.callbackError(error)
        }
    }

    /// All addresses that the receiver's name has right now, permitted or not.
    ///
    /// - Throws: ``CallbackError`` when there is none, or none in time.
    package func addresses(of target: CallbackURL) async throws -> [IPAddress] {
        if let address = target.address { return [address] }
        return try await resolver.addresses(of: target.host, limit: timeout)
    }

    /// The address to dial: one that may be reached, of those that the name has right now.
    private func address(of target: CallbackURL, turn: Int) async throws -> IPAddress {
        let found = try await addresses(of: target)
        let permitted = found.filter(policy.permits)
        guard !permitted.isEmpty else {
            throw CallbackError.forbidden(addresses: found.prefix(4).map(\.description))
        }
        return permitted[max(0, turn) % permitted.count]
    }

    /// Lends a client that connects to `address` alone, while TLS verifies the name.
    ///
    /// No proxy is used, whatever the environment says: it would look up the name by itself, and the address that was
    /// checked would be none that is dialled.
    ///
    /// A client a try: an open connection would go on to an address that was checked long ago, and a receiver that
    /// hangs would use up the connections that the client allows its host.
    private func withClient<Answer: Sendable>(
        dialling address: IPAddress,
        for target: CallbackURL,
        _ body: (HTTPClient) async throws -> Answer
    ) async throws -> Answer {
        var settings = HTTPSettings()
        settings.tls = authorities.clientConfiguration
        settings.dialled = (target.host, address.description)
        settings.connectTimeout = min(timeout, settings.connectTimeout)
        return try await settings.withClient(body)
    }

    /// The beginning of the body, as far as it comes in time. The status has spoken by now: a body that breaks off or
    /// trickles changes nothing.
    private func excerpt(of body: HTTPClientResponse.Body, until end: ContinuousClock.Instant) async -> String {
        let limit = excerptBytes
        guard limit > 0 else { return "" }
        let kept = Mutex<[UInt8]>([])
        _ = try? await withDeadline(until: end) {
            try await body.beginning(upTo: limit) { part in kept.withLock { $0.append(contentsOf: part) } }
        }
        return HarmlessText.block(String(decoding: kept.withLock { $0 }, as: UTF8.self), limit: limit)
    }

    /// A redirect's target: the query that it may have from the callback's own URL may hold a token.
    private static func shown(location: String) -> String? {
        CallbackURL.shown(location).map { HarmlessText.line($0, limit: longestLocation) }
    }
}

/// What a receiver answered.
package struct CallbackAnswer: Sendable, Equatable {
    package var status: Int
    /// How long it asks to be left alone: its `Retry-After`.
    package var retryAfter: Duration?
    /// Where a redirect points, fit to be shown.
    package var location: String?
    /// The beginning of the body, fit to be stored and shown.
    package var excerpt: String

    /// An answer from its parts.
    package init(status: Int, retryAfter: Duration?, location: String? = nil, excerpt: String) {
        self.status = status
        self.retryAfter = retryAfter
        self.location = location
        self.excerpt = excerpt
    }

    /// What the receiver says in its own words of what is wrong, where its body is JSON as GitHub, GitLab, Forgejo and
    /// Matrix write it.
    package var message: String? {
        let object = try? JSONSerialization.jsonObject(with: Data(excerpt.utf8)) as? [String: Any]
        guard let object, let words = (object["message"] ?? object["error"]) as? String, !words.isEmpty else {
            return nil
        }
        return HarmlessText.line(words, limit: Self.longestMessage)
    }

    /// How much of a receiver's words is kept, in Unicode scalars.
    private static let longestMessage = 300

    /// Why the callback counts as not taken; `nil` after a 2xx.
    package var complaint: String? {
        guard !(200..<300).contains(status) else { return nil }
        guard let location else { return "the receiver answered \(status)" }
        return "the receiver answered \(status) and points to \(location); redirects are not followed"
    }
}

/// Why a callback did not reach its receiver, or got no answer. Holds nothing of the callback's headers or URL.
package enum CallbackError: Error, Sendable, Equatable, CustomStringConvertible {
    /// No answer within the limit.
    case timeout(String)
    /// No connection, or one that broke.
    case unreachable(String)
    /// It resolves to addresses that a callback must not reach; these, which the callback's author must not learn.
    case forbidden(addresses: [String])
    /// The callback itself is at fault.
    case unusable(String)

    package var description: String {
        switch self {
        case .timeout(let reason), .unreachable(let reason), .unusable(let reason): reason
        case .forbidden: "the receiver's address is not one that callbacks may reach"
        }
    }

    /// What an operator may know besides: names of the inner network are none of an author's business.
    package var detail: String? {
        guard case .forbidden(let addresses) = self else { return nil }
        return "\(addresses.joined(separator: ", ")): not public, and not in callback.allowed_networks"
    }

    /// Whether it was not even tried.
    package var isRefusal: Bool {
        switch self {
        case .forbidden, .unusable: true
        case .timeout, .unreachable: false
        }
    }

    /// Whether the receiver should be left in peace for a while.
    package var isTimeout: Bool { if case .timeout = self { true } else { false } }
}

extension CallbackSender {
    static let tooLate = "no answer within the limit"

    /// What went wrong, in words for a person. They name no address: it may be one of an inner network.
    package static func callbackError(_ error: any Error) -> CallbackError {
        if let error = error as? CallbackError { return error }
        let failure = ConnectionFailure(error, authoritiesKey: "callback.ca_file")
        return switch failure.kind {
        case .canceled: .unreachable("this notifier was stopped")
        case .timeout: .timeout(failure.reason)
        case .untrusted: .unreachable("the receiver can't be trusted: \(failure.reason)")
        case .broken: .unreachable("the receiver can't be reached: \(failure.reason)")
        }
    }
}
