// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTypes
import Hummingbird

/// Finds out who makes a request: `Authorization: Bearer …` or `Token …`, or SQUAD's `Auth-Token: …`.
struct CallerMiddleware: RouterMiddleware {
    let access: AccessPolicy

    private static let authToken = HTTPField.Name("Auth-Token")

    func handle(
        _ request: Request,
        context: GatewayContext,
        next: @concurrent (Request, GatewayContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.caller = try await access.caller(token: try Self.token(of: request.headers))
        return try await next(request, context)
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
