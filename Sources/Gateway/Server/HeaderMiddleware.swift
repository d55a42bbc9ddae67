// SPDX-License-Identifier: Apache-2.0

import Fleet
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

/// What holds for every request and every answer by RFC 9110 and 9112, whatever their address: one host is named, and an
/// answer to `HEAD` has no body. With one, the client would take it for the beginning of the next answer.
struct HeadMiddleware: RouterMiddleware {
    private static let host = HTTPField.Name("Host")

    func handle(
        _ request: Request,
        context: GatewayContext,
        next: @concurrent (Request, GatewayContext) async throws -> Response
    ) async throws -> Response {
        let response =
            isHostClear(request)
            ? try await next(request, context)
            : Refusal.badRequest([Fault(pointer: "Host", reason: "must be given once")]).closing.response
        return request.method == .head ? response.createHeadResponse() : response
    }

    /// The first one has become the authority; any other is still among the fields.
    private func isHostClear(_ request: Request) -> Bool {
        request.head.authority != nil && Self.host.map { request.headers[values: $0].isEmpty } ?? true
    }
}
