// SPDX-License-Identifier: Apache-2.0

import Dashboard
import HTTPTypes
import Hummingbird

/// Shows a page to a browser that asks for an address at which there is nothing; programs get a problem in JSON.
struct UnknownPageMiddleware: ErrorAnswering {
    let gateway: GatewayParts

    func answer(to error: any Error, _ request: Request, _ context: GatewayContext) throws -> Response {
        guard let unknown = error as? HTTPError, unknown.status == .notFound, isBrowser(request) else { throw error }
        return gateway.page(
            FailureView(title: "Not found", detail: "There is nothing at this address."),
            for: gateway.reader(request, context),
            request,
            status: .notFound
        )
    }

    private func isBrowser(_ request: Request) -> Bool {
        !request.uri.path.hasPrefix("/api") && [.get, .head].contains(request.method)
            && AcceptedTypes(request.headers[.accept] ?? "").quality(of: "text/html") == 1
    }
}
