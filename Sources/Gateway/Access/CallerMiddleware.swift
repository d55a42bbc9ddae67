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
    let allowances: Allowances
    let session: SessionCookie

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
            guard let caller = try await holder(of: token, from: address) else {
                throw Refusal.unauthorized(isTokenBad: true)
            }
            return caller
        }
        guard let token = session.token(of: request) else {
            try allowances.take(from: address)
            return access.anonymous
        }
        // A browser's cookie is good for reading alone: a change is asked for by a form, and forms have a proof of
        // their own.
        guard request.method == .get || request.method == .head else {
            _ = try charge(TokenText.hash(of: token), from: address)
            return access.anonymous
        }
        return try await holder(of: token, from: address) ?? access.anonymous
    }

    /// The holder of a token, whose allowance the request counts against.
    private func holder(of text: String, from address: String?) async throws -> Caller? {
        let hash = TokenText.hash(of: text)
        let known = try charge(hash, from: address)
        if let caller = try await access.caller(hash: hash) {
            if known == nil, let id = caller.tokenID {
                access.known.add(hash, id)
                allowances.giveBack(to: address)
                try allowances.take(token: id)
            }
            return caller
        }
        if known != nil {
            access.known.remove(hash)
            try allowances.take(from: address)
        }
        return nil
    }

    /// Takes the request from an allowance, before the database is asked for anything. A good token has one of its own,
    /// which nobody else can use up; any other counts against the address that it comes from, as a guess.
    ///
    /// - Returns: the token's row, if it was good when last seen.
    private func charge(_ hash: [UInt8], from address: String?) throws(Refusal) -> UUID? {
        guard let id = access.known.id(of: hash) else {
            try allowances.take(from: address)
            return nil
        }
        try allowances.take(token: id)
        return id
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
