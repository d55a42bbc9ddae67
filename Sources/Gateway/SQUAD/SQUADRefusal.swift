// SPDX-License-Identifier: Apache-2.0

import Fleet
import HTTPTypes
import Hummingbird

/// A request of a client of SQUAD's that is not done, in SQUAD's words.
struct SQUADRefusal: Error, Sendable {
    /// What the answer says, and in which form.
    enum Content: Sendable {
        case text(String)
        /// As the only member of a JSON object.
        case member(String, String)
    }

    var status: HTTPResponse.Status
    let content: Content

    /// The form is not good, for this reason.
    static func text(_ reason: String, status: HTTPResponse.Status = .badRequest) -> SQUADRefusal {
        SQUADRefusal(status: status, content: .text(reason))
    }

    /// The token does not let its holder do this; the same without a token, and for a project that there is not.
    static func needsPermission(to what: String) -> SQUADRefusal {
        detail("User needs permission to \(what).", status: .forbidden)
    }

    /// There is no such thing, or none that the caller may know of.
    static func notFound(_ what: String) -> SQUADRefusal {
        detail("No \(what) matches the given query.", status: .notFound)
    }

    /// What went wrong, as most of SQUAD's addresses say it.
    static func detail(_ detail: String, status: HTTPResponse.Status) -> SQUADRefusal {
        SQUADRefusal(status: status, content: .member("detail", detail))
    }

    /// What went wrong, as some of SQUAD's addresses say it.
    static func message(_ message: String) -> SQUADRefusal {
        SQUADRefusal(status: .badRequest, content: .member("message", message))
    }

    var response: Response {
        switch content {
        case .text(let text): .squadText(text, status: status)
        case .member(let name, let value): .squadJSON([name: .text(value)], status: status)
        }
    }
}

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
