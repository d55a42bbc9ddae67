// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import HTTPTypes
import Hummingbird

/// Finds out who makes a request, by `Authorization: Bearer …` or `Token …`, or SQUAD's `Auth-Token: …`, and whether
/// it is not one too many.
struct CallerMiddleware: RouterMiddleware {
    let access: AccessPolicy
    let addresses: ClientAddress
    let rate: RateLimiter
    let session: SessionCookie

    private static let authToken = HTTPField.Name("Auth-Token")

    func handle(
        _ request: Request,
        context: GatewayContext,
        next: @concurrent (Request, GatewayContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.address = addresses.of(request, on: context.channel)
        context.caller = try await caller(of: request, from: "address \(context.address ?? "unknown")")
        return try await next(request, context)
    }

    /// Guesses at tokens count against the address that they come from.
    private func caller(of request: Request, from address: String) async throws -> Caller {
        let token: String?
        do {
            token = try Self.token(of: request.headers)
        } catch {
            try take(address)
            throw error
        }
        guard let token else { return try await reader(of: request, from: address) }
        if rate.isExhausted(address) { try take(address) }
        guard let caller = try await access.caller(token: token) else {
            try take(address)
            throw Refusal.unauthorized(isTokenBad: true)
        }
        try take("token \(caller.id)")
        return caller
    }

    /// The holder of a browser's cookie, which is good for reading alone: a change is asked for by a form, and forms
    /// have a proof of their own.
    private func reader(of request: Request, from address: String) async throws -> Caller {
        guard request.method == .get || request.method == .head, let token = session.token(of: request),
            !rate.isExhausted(address), let caller = try await access.caller(token: token)
        else {
            try take(address)
            return access.anonymous
        }
        try take("token \(caller.id)")
        return caller
    }

    private func take(_ caller: String) throws(Refusal) {
        if let seconds = rate.take(caller) { throw .tooMany(retryAfter: seconds) }
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
