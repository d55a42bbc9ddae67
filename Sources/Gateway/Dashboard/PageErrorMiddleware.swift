// SPDX-License-Identifier: Apache-2.0

import Dashboard
import Fleet
import Foundation
import HTTPTypes
import Hummingbird

/// Turns what a page's route throws into a page, and sends who has to sign in there.
struct PageErrorMiddleware: ErrorAnswering {
    let gateway: GatewayParts

    func answer(to error: any Error, _ request: Request, _ context: GatewayContext) -> Response {
        let problem = ErrorMiddleware.refusal(for: error).problem
        if problem.status == 401 { return .seeOther(Self.login(for: request)) }
        problem.log(error, in: context)
        return gateway.page(
            FailureView(title: problem.title, detail: problem.sentence),
            for: gateway.reader(request, context),
            request,
            status: HTTPResponse.Status(code: problem.status)
        )
    }

    /// The way to sign in, and back to the page: of a form, to the first.
    private static func login(for request: Request) -> String {
        let isPage = request.method == .get || request.method == .head
        guard isPage, request.uri.path != "/" else { return "/login" }
        var components = URLComponents()
        components.path = "/login"
        components.queryItems = [URLQueryItem(name: "next", value: request.uri.string)]
        return components.string ?? "/login"
    }
}

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
