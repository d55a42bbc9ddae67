// SPDX-License-Identifier: Apache-2.0

import Fleet
import HTTPTypes
import Hummingbird

/// Has whatever a route for SQUAD's clients throws answered as SQUAD would.
struct SQUADErrorMiddleware: ErrorAnswering {
    func answer(to error: any Error, _ request: Request, _ context: GatewayContext) throws -> Response {
        if let refusal = error as? SQUADRefusal { return refusal.response }
        let refusal = ErrorMiddleware.refusal(for: error)
        // What closes the connection, and what is to be logged, is told there.
        guard !refusal.closes, refusal.problem.status < 500 else { throw error }
        let status = HTTPResponse.Status(code: refusal.problem.status)
        var response = SQUADRefusal.detail(refusal.problem.sentence, status: status).response
        response.headers.append(contentsOf: refusal.headers)
        return response
    }
}
