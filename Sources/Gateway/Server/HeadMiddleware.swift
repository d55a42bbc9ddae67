// SPDX-License-Identifier: Apache-2.0

import Fleet
import HTTPTypes
import Hummingbird

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
