// SPDX-License-Identifier: Apache-2.0

/// Why SQUAD did not take a test run. Holds nothing of the token.
package enum SQUADError: Error, Sendable, Equatable {
    /// It never will: 400 or 413, in SQUAD's own words.
    case refused(status: Int, message: String)
    /// The token is wrong or lacks the right to submit results: 401 or 403.
    case unauthorized(status: Int, message: String)
    /// There is no such group or project: 404. SQUAD makes builds and environments by itself, these it does not.
    case notFound(message: String)
    /// It asks to be left alone, for so long if it says so: 429.
    case busy(retryAfter: Duration?)
    /// It failed, or answered what SQUAD does not: 5xx, a redirect.
    case unexpected(status: Int, message: String)
    /// No answer within the limit.
    case timeout
    /// No connection, or one that broke.
    case unreachable(reason: String)
}

extension SQUADError {
    /// The HTTP status; `nil` when there was no answer.
    package var status: Int? {
        switch self {
        case .refused(let status, _), .unauthorized(let status, _), .unexpected(let status, _): status
        case .notFound: 404
        case .busy: 429
        case .timeout, .unreachable: nil
        }
    }
}

extension SQUADError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .refused(let status, let message): "SQUAD refused it (HTTP \(status)): \(message)"
        case .unauthorized(let status, let message):
            "SQUAD does not allow Muster to submit results (HTTP \(status)): \(message)"
        case .notFound(let message): "SQUAD has no such group or project (HTTP 404): \(message)"
        case .busy: "SQUAD asks for a pause (HTTP 429)"
        case .unexpected(let status, let message): "SQUAD answered HTTP \(status): \(message)"
        case .timeout: "SQUAD did not answer in time"
        case .unreachable(let reason): "SQUAD can't be reached: \(reason)"
        }
    }
}
