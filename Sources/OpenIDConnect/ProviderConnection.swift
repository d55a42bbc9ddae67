// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import FleetRuntime
import Foundation
import HTTPExchange
import NIOCore
import NIOHTTP1

/// Requests to an identity provider. Each has connections of its own: they are rare.
struct ProviderConnection: Sendable {
    let provider: FleetConfiguration.IdentityProvider

    /// The largest answer, in bytes: metadata, keys, or tokens.
    private static let maximumBytes = 256 << 10

    /// An answer as it came.
    struct Answer: Sendable {
        let status: Int
        let body: Data
    }

    /// - Throws: ``IdentityFailure/unavailable(provider:reason:)`` if no whole answer comes.
    func get(_ url: String) async throws(IdentityFailure) -> Answer {
        try await send(HTTPClientRequest(url: url))
    }

    /// Posts a form.
    ///
    /// - Throws: ``IdentityFailure/unavailable(provider:reason:)`` if no whole answer comes.
    func post(_ form: [(String, String)], to url: String, authorization: String?) async throws(IdentityFailure)
        -> Answer
    {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        if let authorization { request.headers.add(name: "Authorization", value: authorization) }
        request.body = .bytes(ByteBuffer(string: URLText.query(form)))
        return try await send(request)
    }

    private func send(_ request: HTTPClientRequest) async throws(IdentityFailure) -> Answer {
        var request = request
        request.headers.add(name: "Accept", value: "application/json")
        request.headers.add(name: "User-Agent", value: "muster")
        var settings = HTTPSettings()
        settings.connectTimeout = min(provider.timeout, settings.connectTimeout)
        settings.proxy = provider.proxy(to: request.url)
        do {
            let (sent, limit) = (request, provider.timeout)
            return try await settings.withClient { client in
                try await HTTPExchange.send(sent, over: client, within: limit) { response in
                    let body = try await response.body.whole(upTo: Self.maximumBytes)
                    return Answer(status: Int(response.status.code), body: Data(body.readableBytesView))
                }
            }
        } catch let error as HTTPBodyTooLarge {
            throw failure("sent more than \(error.limit) bytes")
        } catch {
            throw failure("is unreachable: \(ConnectionFailure(error, authoritiesKey: "SSL_CERT_FILE").reason)")
        }
    }

    /// It can't be used at present.
    func failure(_ reason: String) -> IdentityFailure { .unavailable(provider: provider.name, reason: reason) }
}

/// Texts for URLs and forms.
enum URLText {
    private static let plain = CharacterSet(
        charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~"
    )

    /// A query, or a form (WHATWG URL, section 5.2).
    static func query(_ items: [(String, String)]) -> String {
        items.map { "\(escaped($0.0))=\(escaped($0.1))" }.joined(separator: "&")
    }

    /// Everything but RFC 3986's unreserved characters in percents.
    static func escaped(_ text: String) -> String { text.addingPercentEncoding(withAllowedCharacters: plain) ?? "" }
}
