// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import HTTPTypes
import Hummingbird

/// Finds out who makes a request, by `Authorization: Bearer …` or `Token …`, or SQUAD's `Auth-Token: …`, and whether
/// it is not one too many.
struct CallerMiddleware: RouterMiddleware {
    let tokens: TokenCheck
    let addresses: ClientAddress
    let session: SessionCookie

    private var access: AccessPolicy { tokens.access }
    private var allowances: Allowances { tokens.allowances }

    private static let authToken = HTTPField.Name("Auth-Token")

    func handle(
        _ request: Request,
        context: GatewayContext,
        next: @concurrent (Request, GatewayContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.address = addresses.of(request, on: context.channel)
        context.caller = try await caller(of: request, from: context.address)
        return try await next(request, context)
    }

    private func caller(of request: Request, from address: String?) async throws -> Caller {
        let token: String?
        do {
            token = try Self.token(of: request.headers)
        } catch {
            try allowances.take(from: address)
            throw error
        }
        if let token {
            guard let caller = try await tokens.holder(of: token, from: address) else {
                throw Refusal.unauthorized(isTokenBad: true)
            }
            return caller
        }
        let cookie = session.token(of: request)
        if SessionRoutes.isWayIn(request), !(cookie.map(tokens.isKnown) ?? false) {
            // Whoever signs in is counted by the token in the form.
            if request.method != .post { try allowances.take(pageFor: address) }
            return access.anonymous
        }
        guard let token = cookie else {
            try allowances.take(from: address)
            return access.anonymous
        }
        // A browser's cookie is good for reading alone: a change is asked for by a form, and forms have a proof of
        // their own.
        guard request.method == .get || request.method == .head else {
            try tokens.charge(token, from: address)
            return access.anonymous
        }
        return try await tokens.holder(of: token, from: address) ?? access.anonymous
    }

    /// The token in a request's head.
    ///
    /// - Throws: ``Refusal`` for another scheme than ours.
    static func token(of headers: HTTPFields) throws(Refusal) -> String? {
        if let value = headers[.authorization] {
            let parts = value.split(separator: " ", maxSplits: 1).map(String.init)
            guard parts.count == 2, ["bearer", "token"].contains(parts[0].lowercased()) else {
                throw .unauthorized(isTokenBad: true)
            }
            return parts[1].trimmingCharacters(in: .whitespaces)
        }
        return authToken.flatMap { headers[$0] }
    }
}
