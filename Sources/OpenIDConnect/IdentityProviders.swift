// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import FleetRuntime
package import Foundation
import JWTKit

/// The identity providers of a fleet: who may sign in, and whose ID tokens are accepted.
package struct IdentityProviders: Sendable {
    private let known: [(provider: FleetConfiguration.IdentityProvider, keys: ProviderKeys)]

    /// How ID tokens may be signed: by a key whose public half the provider publishes (RFC 7518, section 3.1).
    private static let algorithms: Set = [
        "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
    ]

    package init(_ providers: [FleetConfiguration.IdentityProvider]) {
        known = providers.map { ($0, ProviderKeys(provider: $0)) }
    }

    /// The providers with which people can sign in.
    package var forPeople: [FleetConfiguration.IdentityProvider] { known.map(\.provider).filter { $0.clientID != nil } }

    /// How people sign in with the provider of this name; `nil`: they can't.
    package func signIn(with name: String, redirectURL: String) -> SignIn? {
        guard let (provider, keys) = known.first(where: { $0.provider.name == name }), let clientID = provider.clientID
        else { return nil }
        return SignIn(providers: self, provider: provider, keys: keys, clientID: clientID, redirectURL: redirectURL)
    }

    /// Whose ID token of a CI job this is.
    ///
    /// - Throws: ``IdentityFailure``.
    package func identity(ofJob text: String) async throws(IdentityFailure) -> (Identity, lifetime: Duration) {
        guard known.contains(where: { $0.provider.audience != nil }) else {
            throw .unacceptable("can't be exchanged: no section of gateway.identity_providers has an audience")
        }
        let token = try IDTokenParts(text).token
        let candidates = known.filter { $0.provider.issuer == token.text("iss") && $0.provider.audience != nil }
        guard !candidates.isEmpty else {
            throw .unacceptable("is from an issuer that is not in gateway.identity_providers, or has no audience there")
        }
        let audiences = token.claims["aud"]?.texts ?? []
        let wanted = candidates.first { audiences.contains($0.provider.audience ?? "") } ?? candidates[0]
        let identity = try await verify(
            text,
            of: wanted.provider,
            keys: wanted.keys,
            audience: wanted.provider.audience ?? "",
            nonce: nil
        )
        return (identity, wanted.provider.tokenLifetime)
    }

    /// Whose ID token this is, if it is one of this provider for this audience.
    func verify(
        _ text: String,
        of provider: FleetConfiguration.IdentityProvider,
        keys: ProviderKeys,
        audience: String,
        nonce: String?
    ) async throws(IdentityFailure) -> Identity {
        let head = try IDTokenParts(text).head
        guard let algorithm = head.algorithm, Self.algorithms.contains(algorithm) else {
            throw .unacceptable("is not signed with one of \(Self.algorithms.sorted().joined(separator: ", "))")
        }
        guard !head.isCritical else { throw .unacceptable("has critical parameters that are not known") }
        guard let name = head.key else { throw .unacceptable("does not name its key (kid)") }
        guard var key = try await keys.keys(with: name).keys[name] else {
            throw .unacceptable("is signed with a key that its issuer does not have")
        }
        guard (key.algorithm?.rawValue ?? algorithm) == algorithm else {
            throw .unacceptable("is signed in another way (alg) than its key is for")
        }
        key.algorithm = JWK.Algorithm(rawValue: algorithm)
        guard let token = await Self.token(text, signedWith: key) else {
            throw .unacceptable("does not have a valid signature")
        }
        try token.check(issuer: provider.issuer, audience: audience, nonce: nonce, now: Date())
        return try Self.identity(of: token, provider)
    }

    /// The token, if this key has signed it. A collection of keys would take another one for a name that it does not know,
    /// and would remember for a key without an algorithm the one that was tried first.
    private static func token(_ text: String, signedWith key: JWK) async -> IDToken? {
        let keys = JWTKeyCollection()
        do {
            try await keys.add(jwk: key)
            return try await keys.verify(text, as: IDToken.self)
        } catch {
            return nil
        }
    }

    private static func identity(
        of token: IDToken,
        _ provider: FleetConfiguration.IdentityProvider
    ) throws(IdentityFailure) -> Identity {
        let subject = token.text("sub") ?? ""
        // An address that nobody has verified is whatever its owner has typed. Some providers say so in a text.
        let usesEmail =
            provider.nameClaim == "email" || provider.grants.contains { $0.claims.contains { $0.claim == "email" } }
        if usesEmail, token.claims["email_verified"]?.texts == ["false"] {
            throw .unacceptable("has an email address that is not verified")
        }
        guard let text = token.text(provider.nameClaim), !text.isEmpty else {
            throw .unacceptable("does not have the claim \(provider.nameClaim), which names its holder")
        }
        let grants = provider.grants.filter { $0.matches(token.claims) }.map(\.grant)
        let name = HarmlessText.line(text, limit: 200)
        guard !grants.isEmpty else { throw .noGrant(provider: provider.name, subject: name) }
        return Identity(
            provider: provider.name,
            subject: subject,
            name: name,
            grants: grants,
            issuedAt: token.issuedAt
        )
    }
}

/// Somebody whom an identity provider vouches for.
package struct Identity: Sendable, Equatable {
    /// The provider's name in the configuration.
    package let provider: String
    /// The provider's own name for it, which never goes to anybody else: the claim `sub`.
    package let subject: String
    /// What people call it.
    package let name: String
    /// What it can do; never empty.
    package let grants: [Permissions.Grant]
    /// When the provider has said so.
    package let issuedAt: Date

    /// What it is called in lists and in the audit log.
    package var title: String { "\(name) (\(provider))" }
}

/// Why an ID token, or a sign-in, leads to nobody.
package enum IdentityFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// The token is not one that is accepted; a phrase after "the ID token".
    case unacceptable(String)
    /// The token is good, and no grant is for it.
    case noGrant(provider: String, subject: String)
    /// The provider refuses; a phrase after its name.
    case refused(provider: String, reason: String)
    /// The provider can't be used at present; a phrase after its name.
    case unavailable(provider: String, reason: String)

    package var description: String {
        switch self {
        case .unacceptable(let reason): "The ID token \(reason)."
        case .noGrant(let provider, let subject):
            "No grant of gateway.identity_providers.\(provider) matches the claims of \(subject)."
        case .refused(let provider, let reason), .unavailable(let provider, let reason):
            "The identity provider \(provider) \(reason)."
        }
    }
}
