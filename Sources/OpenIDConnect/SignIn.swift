// SPDX-License-Identifier: Apache-2.0

import Crypto
import Fleet
import FleetRuntime
import Foundation

/// The sign-in of a person with a provider: the authorization code flow with PKCE (OpenID Connect Core 1.0, section 3.1;
/// RFC 7636).
package struct SignIn: Sendable {
    let providers: IdentityProviders
    let provider: FleetConfiguration.IdentityProvider
    let keys: ProviderKeys
    let clientID: String
    /// Where the provider sends the browser back.
    let redirectURL: String

    /// How long a sign-in is valid.
    package var lifetime: Duration { provider.tokenLifetime }

    /// Begins one.
    ///
    /// - Returns: where the browser goes, and what it keeps meanwhile.
    /// - Throws: ``IdentityFailure/unavailable(provider:reason:)``.
    package func begin(next: String) async throws(IdentityFailure) -> (url: String, pending: PendingSignIn) {
        let metadata = try await keys.metadata()
        guard let endpoint = metadata.authorizationEndpoint, metadata.tokenEndpoint != nil else {
            throw .unavailable(provider: provider.name, reason: "does not say where people sign in")
        }
        let pending = PendingSignIn(provider: provider.name, next: next)
        let challenge = Base64URL.text(SHA256.hash(data: Data(pending.verifier.utf8)))
        let query = URLText.query([
            ("response_type", "code"), ("client_id", clientID), ("redirect_uri", redirectURL),
            ("scope", provider.scopes.joined(separator: " ")), ("state", pending.state), ("nonce", pending.nonce),
            ("code_challenge", challenge), ("code_challenge_method", "S256"),
        ])
        return (endpoint + (endpoint.contains("?") ? "&" : "?") + query, pending)
    }

    /// Ends one: exchanges the code that the provider has sent the browser back with.
    ///
    /// - Throws: ``IdentityFailure``.
    package func finish(code: String, _ pending: PendingSignIn) async throws(IdentityFailure) -> Identity {
        let metadata = try await keys.metadata()
        guard let endpoint = metadata.tokenEndpoint else {
            throw .unavailable(provider: provider.name, reason: "does not say where codes are exchanged")
        }
        var form = [
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirectURL),
            ("code_verifier", pending.verifier), ("client_id", clientID),
        ]
        var authorization: String?
        if let secret = provider.clientSecret?.reveal {
            // Basic is what a provider takes that says nothing (OpenID Connect Discovery 1.0, section 3).
            let methods = metadata.tokenEndpointAuthMethods ?? ["client_secret_basic"]
            if methods.contains("client_secret_basic") || !methods.contains("client_secret_post") {
                let pair = "\(URLText.escaped(clientID)):\(URLText.escaped(secret))"
                authorization = "Basic " + Data(pair.utf8).base64EncodedString()
            } else {
                form.append(("client_secret", secret))
            }
        }
        let connection = ProviderConnection(provider: provider)
        let answer = try await connection.post(form, to: endpoint, authorization: authorization)
        guard answer.status == 200 else { throw refusal(answer) }
        guard let tokens = try? JSONDecoder().decode(Tokens.self, from: answer.body) else {
            throw connection.failure("sent no ID token")
        }
        return try await providers.verify(tokens.id, of: provider, keys: keys, audience: clientID, nonce: pending.nonce)
    }

    private func refusal(_ answer: ProviderConnection.Answer) -> IdentityFailure {
        // RFC 6749, section 5.2: a word such as invalid_grant. Other text may be anything.
        let code = (try? JSONDecoder().decode(Refusal.self, from: answer.body))?.error ?? ""
        let isWord =
            !code.isEmpty && code.utf8.count <= 50 && code.utf8.allSatisfy { $0 == 0x5F || (0x61...0x7A).contains($0) }
        let words = isWord ? "HTTP \(answer.status), \(code)" : "HTTP \(answer.status)"
        guard answer.status < 500 else { return .unavailable(provider: provider.name, reason: "failed (\(words))") }
        return .refused(provider: provider.name, reason: "refused the sign-in (\(words))")
    }

    /// A successful answer (RFC 6749, section 5.1), of which only the ID token is used.
    private struct Tokens: Decodable {
        let id: String
        private enum CodingKeys: String, CodingKey { case id = "id_token" }
    }

    private struct Refusal: Decodable { let error: String? }
}

/// What a browser keeps while its user is at the provider.
package struct PendingSignIn: Sendable, Equatable {
    package let provider: String
    /// What comes back with the browser.
    package let state: String
    /// What comes back in the ID token.
    package let nonce: String
    /// What proves to the provider that the code comes from whoever began.
    let verifier: String
    /// The page to go to afterwards.
    package let next: String

    init(provider: String, next: String) {
        self.provider = provider
        self.next = next
        (state, nonce, verifier) = (Base64URL.random(), Base64URL.random(), Base64URL.random())
    }

    /// From the text of ``text``; `nil` for any other.
    package init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 5, let path = Base64URL.bytes(parts[4]),
            let next = String(data: path, encoding: .utf8),
            parts[1...3].allSatisfy({ $0.utf8.count == Base64URL.randomLength })
        else { return nil }
        guard let name = Base64URL.bytes(parts[0]), let provider = String(data: name, encoding: .utf8)
        else { return nil }
        self.provider = provider
        (state, nonce, verifier, self.next) = (parts[1], parts[2], parts[3], next)
    }

    /// As a cookie keeps it.
    package var text: String {
        [Base64URL.text(provider.utf8), state, nonce, verifier, Base64URL.text(next.utf8)].joined(separator: ".")
    }
}
