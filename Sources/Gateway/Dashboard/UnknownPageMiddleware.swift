// SPDX-License-Identifier: Apache-2.0

import Dashboard
import HTTPTypes
import Hummingbird

/// Shows a page to a browser that asks for an address at which there is nothing; programs get a problem in JSON.
struct UnknownPageMiddleware: RouterMiddleware {
    let gateway: GatewayParts

    func handle(
        _ request: Request,
        context: GatewayContext,
        next: @concurrent (Request, GatewayContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound && isBrowser(request) {
            return gateway.page(
                FailureView(title: "Not found", detail: "There is nothing at this address."),
                for: gateway.reader(request, context),
                request,
                status: .notFound
            )
        }
    }

    private func isBrowser(_ request: Request) -> Bool {
        !request.uri.path.hasPrefix("/api") && [.get, .head].contains(request.method)
            && AcceptedTypes(request.headers[.accept] ?? "").quality(of: "text/html") == 1
    }
}
