// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetOperations
import FleetRuntime
import FleetStore
import Foundation
import Hummingbird
import OpenIDConnect

/// The tokens. Whoever makes one can give away no more than it has, and nobody revokes one that can more.
struct TokenRoutes: Sendable {
    let gateway: GatewayParts

    private static let maximumProjects = 100
    private static let lifetimeDays = 1...3_650

    func add(to api: APIGroup) {
        api.get("tokens", .listTokens, use: list)
        api.post("tokens", .createToken, use: create)
        api.delete("tokens/{name}", .revokeToken, use: revoke)
    }

    private func list(_ request: Request, _ context: GatewayContext) async throws -> Response {
        guard context.caller.mayOperate else { throw Refusal.operatorsOnly(context.caller) }
        var query = QueryReader(request)
        let ofIdentities = query.flag("identities")
        try query.finish()
        let tokens =
            ofIdentities
            ? try await gateway.store.identityTokens(limit: Token.maximumListed) : try await gateway.store.tokens()
        return try await Page(whole: tokens.map { Token($0) }).response(for: request, in: context)
    }

    private func create(_ request: Request, _ context: GatewayContext) async throws -> Response {
        var body = try await gateway.operatorsBody(request, context)
        guard !context.caller.isIdentity else { throw Refusal.noTokenOfAnIdentity }
        let wanted = try Self.read(&body)
        if let missing = wanted.abilities.first(where: { !context.caller.abilities.contains($0) }) {
            throw Refusal.forbidden(missing, of: "every project", token: context.caller.name)
        }
        let (token, text) = try await gateway.operations.createToken(wanted, by: context.actor())
        return try .json(Token(token, text: text), status: .created)
    }

    private func revoke(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await gateway.operatorsBody(request, context).finish()
        guard let name = context.parameters.get("name")?.removingPercentEncoding else { throw context.caller.notFound }
        let names = try await gateway.operations.revokeToken(name, by: context.actor())
        return try .json(RevokedTokens(revoked: names))
    }

    private static func read(_ body: inout ActionBody) throws -> TokenWish {
        let name = body.text("name") ?? ""
        if !TokenText.isName(name) { body.fault("name", TokenText.nameRule) }
        let projects = (body.texts("projects", atMost: maximumProjects) ?? []).map { ProjectScope($0) }
        if projects.isEmpty || projects.contains(nil) {
            body.fault("projects", "must be a list of group/project, group/* or *")
        }
        let words = body.texts("abilities", atMost: Ability.allCases.count) ?? [Ability.read.rawValue]
        let abilities = words.compactMap(Ability.init(rawValue:))
        if abilities.count != words.count {
            body.fault("abilities", "must be some of \(Ability.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        let days = body.integer("expires_days", lifetimeDays)
        try body.finish()
        return TokenWish(name: name, projects: projects.compactMap(\.self), abilities: Set(abilities), days: days)
    }
}

extension Refusal {
    /// A token that lasts for hours would make one that lasts for years.
    fileprivate static var noTokenOfAnIdentity: Refusal {
        Refusal(
            "forbidden",
            "The token does not allow this",
            status: 403,
            detail: "A token of a sign-in or of a CI job can't create others."
        )
    }
}

extension APIOperation {
    fileprivate static let listTokens = APIOperation(
        id: "listTokens",
        summary: "The tokens, without their secrets",
        parameters: [
            query(
                "identities",
                "`true`: the valid tokens of people and CI jobs that an identity provider vouched for, instead of the others",
                ["type": "boolean"]
            )
        ],
        answers: page("Token"),
        refusals: [403]
    )

    fileprivate static let createToken = APIOperation(
        id: "createToken",
        summary: "Create a token with at most your own rights; its text is only in this answer",
        body: ["application/json": schema("TokenRequest")],
        isBodyRequired: true,
        answers: ["201": json("The token", schema("Token"))],
        refusals: [403, 409]
    )

    fileprivate static let revokeToken = APIOperation(
        id: "revokeToken",
        summary: "Revoke the valid token with this name or id, and all tokens created with it",
        answers: ["200": json("The tokens are revoked", schema("RevokedTokens"))],
        refusals: [403]
    )
}

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

/// Who a client is to the gateway: what its token lets it do.
struct CallerRoute: Sendable {
    let gateway: GatewayParts

    func add(to api: APIGroup) {
        api.get("caller", .getCaller, use: caller)
    }

    private func caller(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try QueryReader(request).finish()
        return try .entity(CallerIdentity(context.caller), for: request)
    }
}

extension CallerIdentity {
    /// A caller as the gateway knows it.
    init(_ caller: Caller) {
        self.init(
            version: MusterVersion.current,
            commit: MusterVersion.commit,
            name: caller.tokenName,
            projects: caller.projects,
            abilities: caller.abilities
        )
    }
}

extension APIOperation {
    fileprivate static let getCaller = APIOperation(
        id: "getCaller",
        summary: "The name of your token, and what it allows",
        answers: one("Caller", "The projects and abilities of the token")
    )
}
