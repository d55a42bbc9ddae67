// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import HTTPExchange
internal import NIOCore
internal import NIOHTTP1

extension LAVAError {
    /// What an answer means, or nil for a 2xx.
    static func answer(_ response: LAVAResponse, changesSomething: Bool) -> LAVAError? {
        switch response.status {
        case 200..<300: return nil
        case 300..<400:
            let target = AnswerText.excerpt(response.headers.first(name: "location") ?? "nowhere", limit: 200)
            // Whatever redirects may have passed the request on before.
            return LAVAError(
                kind: .unexpected(reason: "HTTP \(response.status) to \(target); set the lab's address to that"),
                requestMayHaveBeenProcessed: changesSomething
            )
        case 400 where !response.isJSON:
            // Not the API's own words, but a proxy's or the framework's, e.g. of a Host header that is not allowed.
            // That says nothing about the definition, so it must not reject a job for good.
            return certain(.unexpected(reason: "HTTP 400: \(AnswerText.plain(html: response.text(), limit: 200))"))
        case 400, 413, 415, 422: return certain(.refused(message: message(of: response)))
        case 401, 403:
            let words = message(of: response)
            return certain(.unauthorized(message: words.isEmpty ? "HTTP \(response.status)" : words))
        case 404, 410: return certain(.notFound)
        case 408: return LAVAError(kind: .timeout, requestMayHaveBeenProcessed: changesSomething)
        case 429: return certain(.throttled(retryAfter: pause(of: response)))
        case 503 where response.headers.contains(name: "retry-after"):
            return LAVAError(
                kind: .throttled(retryAfter: pause(of: response)),
                requestMayHaveBeenProcessed: changesSomething
            )
        case 500...:
            return LAVAError(
                kind: .server(status: response.status, excerpt: message(of: response)),
                requestMayHaveBeenProcessed: changesSomething
            )
        default:
            let words = message(of: response)
            return certain(.unexpected(reason: "HTTP \(response.status)" + (words.isEmpty ? "" : ": \(words)")))
        }
    }

    private static func certain(_ kind: Kind) -> LAVAError {
        LAVAError(kind: kind, requestMayHaveBeenProcessed: false)
    }

    /// LAVA's words: `message` or `detail`, or else each field with its complaints.
    private static func message(of response: LAVAResponse) -> String {
        guard response.isJSON,
            let value = try? JSONDecoder().decode(Complaint.self, from: Data(response.body.readableBytesView))
        else { return AnswerText.complaint(html: response.text(), status: response.status) }
        return AnswerText.excerpt(value.text, limit: AnswerText.messageLimit)
    }

    private static func pause(of response: LAVAResponse) -> Duration? {
        response.headers.first(name: "retry-after").flatMap { RetryAfter.parse($0) }
    }
}
