// SPDX-License-Identifier: Apache-2.0

import Fleet
import HTTPTypes
import Hummingbird

/// Has whatever a route for SQUAD's clients throws answered as SQUAD would.
struct SQUADErrorMiddleware: RouterMiddleware {
    func handle(
        _ request: Request,
        context: GatewayContext,
        next: @concurrent (Request, GatewayContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let refusal as SQUADRefusal {
            return refusal.response
        } catch let error as CancellationError {
            throw error
        } catch {
            let refusal = ErrorMiddleware.refusal(for: error)
            // What closes the connection, and what is to be logged, is told there.
            guard !refusal.closes, refusal.problem.status < 500 else { throw error }
            var response = SQUADRefusal.detail(
                Self.words(refusal.problem),
                status: HTTPResponse.Status(code: refusal.problem.status)
            ).response
            response.headers.append(contentsOf: refusal.headers)
            return response
        }
    }

    private static func words(_ problem: Problem) -> String {
        ([problem.detail] + problem.errors.map { "\($0.pointer) \($0.reason)" }).joined(separator: " ")
    }
}
