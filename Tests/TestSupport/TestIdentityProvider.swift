// SPDX-License-Identifier: Apache-2.0

import Crypto
import CryptoExtras
package import Fleet
import Foundation
import Synchronization

/// An OpenID Connect provider on loopback: metadata, keys, and a sign-in that asks nobody for a password. It signs with
/// swift-crypto alone, so that what verifies its tokens is not tried on itself.
package final class TestIdentityProvider: Sendable {
    /// The key that signs.
    package enum Key: Sendable, Hashable {
        case elliptic(Int)
        case rsa(Int)

        package var name: String {
            switch self {
            case .elliptic(let number): "ec-\(number)"
            case .rsa(let number): "rsa-\(number)"
            }
        }
    }

    /// What goes wrong.
    package enum Fault: Sendable {
        case metadata(ReceiverAnswer)
        case keys(ReceiverAnswer)
        case token(ReceiverAnswer)
        case otherNonce
    }

    private struct Pending {
        let nonce: String
        let challenge: String
        let redirect: String
    }

    private struct State {
        var port = 0
        var published: [Key] = [.elliptic(1), .rsa(1)]
        var person: [String: ClaimValue] = [:]
        var codes: [String: Pending] = [:]
        var fault: Fault?
        var refusesPeople = false
        var requests: [String] = []
    }

    private let state = Mutex(State())
    private let elliptic = (0..<3).map { _ in P256.Signing.PrivateKey() }
    private let rsa: _RSA.Signing.PrivateKey

    package static let clientID = "muster"
    package static let clientSecret = "a secret of the client, with / and +"

    private init() throws { rsa = try _RSA.Signing.PrivateKey(keySize: .bits2048) }

    /// Runs one around `body`.
    package static func with<Outcome>(_ body: (TestIdentityProvider) async throws -> Outcome) async throws -> Outcome {
        let provider = try TestIdentityProvider()
        return try await CallbackReceiver.with { request, _ in
            provider.answer(to: request)
        } _: { receiver in
            provider.state.withLock { $0.port = receiver.port }
            return try await body(provider)
        }
    }

    /// Another site than 127.0.0.1 to a browser.
    package var issuer: String { "http://localhost:\(state.withLock(\.port))" }
    /// The paths that were asked for, in order.
    package var requests: [String] { state.withLock(\.requests) }

    /// The keys that it publishes from now on.
    package func publish(_ keys: [Key]) { state.withLock { $0.published = keys } }
    /// What goes wrong from now on.
    package func fail(_ fault: Fault?) { state.withLock { $0.fault = fault } }
    /// Who signs in from now on: what the ID token says besides the usual.
    package func person(_ claims: [String: ClaimValue]) { state.withLock { $0.person = claims } }
    /// Sends people back without a code.
    package func refusePeople() { state.withLock { $0.refusesPeople = true } }

    /// An ID token with the usual claims and these.
    package func token(
        _ claims: [String: ClaimValue],
        key: Key = .elliptic(1),
        header: [String: ClaimValue] = [:]
    ) throws -> String {
        let now = Date().timeIntervalSince1970.rounded()
        let usual: [String: ClaimValue] = [
            "iss": .text(issuer), "sub": .text("subject"), "aud": .text(Self.clientID), "iat": .number(now),
            "exp": .number(now + 300),
        ]
        let algorithm = if case .rsa = key { "RS256" } else { "ES256" }
        let head: [String: ClaimValue] = ["alg": .text(algorithm), "typ": .text("JWT"), "kid": .text(key.name)]
        let parts = try [head.merging(header) { $1 }, usual.merging(claims) { $1 }].map { part in
            Self.base64(try JSONEncoder().encode(part.filter { $0.value != .null }))
        }
        let text = parts.joined(separator: ".")
        return text + "." + Self.base64(try signature(of: Data(text.utf8), by: key))
    }

    private func signature(of data: Data, by key: Key) throws -> Data {
        switch key {
        case .elliptic(let number): try elliptic[number].signature(for: data).rawRepresentation
        case .rsa: try rsa.signature(for: SHA256.hash(data: data), padding: .insecurePKCS1v1_5).rawRepresentation
        }
    }

    // MARK: Its pages

    private func answer(to request: ReceivedCallback) -> ReceiverAnswer {
        let fault = state.withLock { state in
            state.requests.append(request.path)
            return state.fault
        }
        switch (request.path, fault) {
        case ("/.well-known/openid-configuration", .metadata(let answer)), ("/keys", .keys(let answer)),
            ("/token", .token(let answer)):
            return answer
        case ("/.well-known/openid-configuration", _): return json(metadata)
        case ("/keys", _): return json(["keys": .list(state.withLock(\.published).map(jwk))])
        case ("/authorize", _): return authorize(request)
        case ("/token", _): return exchange(request)
        default: return .status(404)
        }
    }

    private var metadata: [String: ClaimValue] {
        [
            "issuer": .text(issuer), "authorization_endpoint": .text(issuer + "/authorize"),
            "token_endpoint": .text(issuer + "/token"), "jwks_uri": .text(issuer + "/keys"),
        ]
    }

    private func jwk(_ key: Key) -> ClaimValue {
        switch key {
        case .elliptic(let number):
            let point = elliptic[number].publicKey.rawRepresentation
            return .object([
                "kty": .text("EC"), "crv": .text("P-256"), "use": .text("sig"), "alg": .text("ES256"),
                "kid": .text(key.name), "x": .text(Self.base64(point.prefix(32))),
                "y": .text(Self.base64(point.suffix(32))),
            ])
        case .rsa:
            let parts = try? rsa.publicKey.getKeyPrimitives()
            return .object([
                "kty": .text("RSA"), "use": .text("sig"), "kid": .text(key.name),
                "n": .text(Self.base64(parts?.modulus ?? Data())),
                "e": .text(Self.base64(parts?.publicExponent ?? Data())),
            ])
        }
    }

    private func authorize(_ request: ReceivedCallback) -> ReceiverAnswer {
        let query = Self.items(of: request.target.split(separator: "?", maxSplits: 1).last.map(String.init) ?? "")
        guard query["response_type"] == "code", query["client_id"] == Self.clientID,
            query["code_challenge_method"] == "S256",
            query["scope"]?.contains("openid") == true, let redirect = query["redirect_uri"],
            let given = query["state"],
            let nonce = query["nonce"], let challenge = query["code_challenge"]
        else { return .status(400, body: "not a request of a client") }
        let code = UUID().uuidString
        let isRefused = state.withLock { state in
            state.codes[code] = Pending(nonce: nonce, challenge: challenge, redirect: redirect)
            return state.refusesPeople
        }
        let outcome = isRefused ? "error=access_denied" : "code=\(code)"
        return .status(302, headers: ["Location": "\(redirect)?\(outcome)&state=\(given)"])
    }

    /// A code is good once (RFC 6749, section 4.1.2).
    private func exchange(_ request: ReceivedCallback) -> ReceiverAnswer {
        let form = Self.items(of: String(decoding: request.body, as: UTF8.self))
        let secret = Self.clientSecret.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        let proof = "Basic " + Data("\(Self.clientID):\(secret)".utf8).base64EncodedString()
        guard request.headers["authorization"] == proof else {
            return .status(401, body: #"{"error": "invalid_client"}"#)
        }
        let (pending, person, fault) = state.withLock { state in
            (state.codes.removeValue(forKey: form["code"] ?? ""), state.person, state.fault)
        }
        let challenge = Self.base64(Data(SHA256.hash(data: Data((form["code_verifier"] ?? "").utf8))))
        guard let pending, pending.challenge == challenge, pending.redirect == form["redirect_uri"],
            form["grant_type"] == "authorization_code"
        else { return .status(400, body: #"{"error": "invalid_grant"}"#) }
        var claims = person
        claims["nonce"] = .text(pending.nonce)
        if case .otherNonce? = fault { claims["nonce"] = .text("another") }
        guard let token = try? token(claims, key: .rsa(1)) else { return .status(500) }
        return json(["access_token": .text("unused"), "token_type": .text("Bearer"), "id_token": .text(token)])
    }

    // MARK: Texts

    private func json(_ object: [String: ClaimValue]) -> ReceiverAnswer {
        let body = (try? JSONEncoder().encode(object)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
        return .status(200, headers: ["Content-Type": "application/json"], body: body)
    }

    private static func items(of query: String) -> [String: String] {
        var parts = URLComponents()
        parts.percentEncodedQuery = query
        return Dictionary((parts.queryItems ?? []).map { ($0.name, $0.value ?? "") }) { first, _ in first }
    }

    private static func base64(_ bytes: Data) -> String {
        bytes.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
