// SPDX-License-Identifier: Apache-2.0

import Dashboard
import Fleet
import Foundation
import HTTPTypes
import Hummingbird
import Logging

/// Turns what a page's route throws into a page, and sends who has to sign in there.
struct PageErrorMiddleware: RouterMiddleware {
    let gateway: GatewayParts

    func handle(
        _ request: Request,
        context: GatewayContext,
        next: @concurrent (Request, GatewayContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as CancellationError {
            throw error
        } catch {
            let problem = ErrorMiddleware.refusal(for: error).problem
            if problem.status == 401 { return .seeOther(Self.login(for: request)) }
            if problem.status >= 500 {
                context.logger.error(
                    "A page failed",
                    metadata: ["status": "\(problem.status)", "error": "\(error)"]
                )
            }
            let detail = ([problem.detail] + problem.errors.map { "\($0.pointer) \($0.reason)" }).joined(separator: " ")
            return gateway.page(
                FailureView(title: problem.title, detail: detail),
                for: gateway.reader(request, context),
                request,
                status: HTTPResponse.Status(code: problem.status)
            )
        }
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
