// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetOperations
import FleetStore
import HTTPTypes
import Logging
import OpenIDConnect

extension GatewayParts {
    /// Does something for which an identity provider may have to be asked, if not too many are at it.
    ///
    /// - Throws: ``Refusal`` 503 if there are.
    func askingProvider<Value>(
        _ slots: SharedSlots,
        _ context: GatewayContext,
        _ body: () async throws -> Value
    ) async throws -> Value {
        guard let slot = slots.take(for: Allowances.key(of: context.address)) else { throw Refusal.busy() }
        defer { withExtendedLifetime(slot) {} }
        return try await body()
    }

    /// Makes a token for somebody whom an identity provider vouches for.
    ///
    /// - Parameter action: What the audit calls it.
    func token(
        for identity: Identity,
        lifetime: Duration,
        _ action: String,
        _ context: GatewayContext
    ) async throws -> (token: TokenStatus, text: String) {
        let actor = Actor(
            name: identity.title,
            token: nil,
            abilities: [],
            address: context.address,
            trail: context.trail
        )
        return try await operations.createToken(
            of: TokenHolder(
                provider: identity.provider,
                subject: identity.subject,
                title: identity.title,
                issuedAt: identity.issuedAt
            ),
            grants: identity.grants,
            lifetime: lifetime,
            action,
            by: actor
        )
    }
}

extension Refusal {
    /// An ID token, or a sign-in, leads to nobody.
    init(_ failure: IdentityFailure) {
        switch failure {
        case .unacceptable, .refused:
            self.init(
                "id-token-refused",
                "The ID token is not accepted",
                status: 401,
                detail: failure.description,
                headers: [.wwwAuthenticate: #"Bearer realm="muster", error="invalid_token""#]
            )
        case .noGrant:
            self.init("no-grant", "Nothing is granted", status: 403, detail: failure.description)
        case .unavailable:
            self.init(
                "unavailable",
                "Temporarily unavailable",
                status: 503,
                detail: failure.description,
                headers: [.retryAfter: "5"]
            )
        }
    }

    /// What the provider said before a revocation counts no more.
    static var revokedSince: Refusal {
        Refusal(
            "id-token-refused",
            "The ID token is not accepted",
            status: 401,
            detail: "A token of its holder was revoked after this ID token was made.",
            headers: [.wwwAuthenticate: #"Bearer realm="muster", error="invalid_token""#]
        )
    }

    /// Somebody has as many tokens as one can have.
    static func tooManyTokens(_ error: TooManyTokens) -> Refusal {
        Refusal(
            "too-many-tokens",
            "Too many tokens",
            status: 429,
            detail:
                "\(error.holder) has \(error.maximum) tokens that are still valid. Use one of them, or wait until one ends.",
            headers: [.retryAfter: "600"]
        )
    }
}
