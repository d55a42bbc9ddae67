// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird

/// What every answer says to browsers, unless its route says otherwise: nothing of it is run, framed or guessed at.
struct HeaderMiddleware: RouterMiddleware {
    /// For answers that are no pages.
    static let contentPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

    private static let fields: [(HTTPField.Name?, String)] = [
        (HTTPField.Name("Content-Security-Policy"), contentPolicy),
        (HTTPField.Name("X-Content-Type-Options"), "nosniff"),
        (HTTPField.Name("X-Frame-Options"), "DENY"),
        (HTTPField.Name("Referrer-Policy"), "no-referrer"),
        (HTTPField.Name("Cross-Origin-Resource-Policy"), "same-origin"),
    ]

    func handle(
        _ request: Request,
        context: GatewayContext,
        next: @concurrent (Request, GatewayContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        for case (let name?, let value) in Self.fields where response.headers[name] == nil {
            response.headers[name] = value
        }
        return response
    }
}
