// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetRuntime
import FleetStore
import Hummingbird
import OpenIDConnect

/// Gives a CI job a token for its own ID token, so that no secret is stored in CI.
struct TokenExchangeRoute: Sendable {
    let gateway: GatewayParts

    /// The largest body, in bytes.
    private static let maximumBytes = 32 << 10

    func add(to api: APIGroup) {
        api.post("token-exchange", .exchangeToken, use: exchange)
    }

    private func exchange(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let bytes = try await request.bytes(
            atMost: Self.maximumBytes,
            within: gateway.limits.bodyTimeout,
            cost: ActionBody.cost,
            context
        )
        var body = try ActionBody(bytes)
        let text = body.text("id_token", maximumLength: Self.maximumBytes)
        if text == nil { body.fault("id_token", "is missing: the ID token of a CI job") }
        try body.finish()
        let (identity, lifetime) = try await gateway.askingProvider(gateway.exchanges, context) {
            try await gateway.identities.identity(ofJob: text ?? "")
        }
        let made = try await gateway.token(for: identity, lifetime: lifetime, "exchange token", context)
        return try .json(Token(made.token, text: made.text), status: .created)
    }
}

extension APIOperation {
    fileprivate static let exchangeToken = APIOperation(
        id: "exchangeToken",
        summary: "Exchange the ID token of a CI job for a token that is valid for some hours; it needs no other token",
        body: ["application/json": schema("TokenExchange")],
        isBodyRequired: true,
        answers: ["201": json("The token", schema("Token"))],
        refusals: [403]
    )
}
