// SPDX-License-Identifier: Apache-2.0

internal import AsyncHTTPClient
internal import Fleet
package import FleetRuntime
internal import Foundation
package import HTTPExchange
internal import NIOHTTP1

/// A client of SQUAD's `/api/submit/`.
package struct SQUADClient: Sendable {
    /// What became of a test run.
    package enum Answer: Sendable, Equatable {
        /// SQUAD has stored it.
        case stored
        /// SQUAD had stored it before, from an earlier try.
        case storedBefore
    }

    private let project: SQUADProject
    private let token: Secret?
    private let timeout: Duration
    private let connections: HTTPClient

    /// How much of an answer is read: an id, or a reason.
    private static let maximumAnswerBytes = 65_536
    private static let longestMessage = 500

    private init(project: SQUADProject, token: Secret?, timeout: Duration, connections: HTTPClient) {
        self.project = project
        self.token = token
        self.timeout = timeout
        self.connections = connections
    }

    /// Lends a client with connections of its own.
    ///
    /// - Parameters:
    ///   - token: A token of SQUAD's, sent as `Auth-Token`.
    ///   - timeout: How long one request may take, from its beginning to the answer's last byte.
    ///   - proxy: What requests go through.
    package static func with<Outcome: Sendable>(
        project: SQUADProject,
        token: Secret?,
        timeout: Duration,
        proxy: HTTPProxy?,
        _ body: (SQUADClient) async throws -> Outcome
    ) async throws -> Outcome {
        var settings = HTTPSettings()
        settings.connectTimeout = min(timeout, settings.connectTimeout)
        settings.proxy = proxy
        return try await settings.withClient { connections in
            try await body(SQUADClient(project: project, token: token, timeout: timeout, connections: connections))
        }
    }

    /// Submits a test run to a build, which SQUAD makes if it is not there.
    ///
    /// Submitting the same again is harmless: SQUAD refuses a second test run with the same job id in a build, and
    /// that is ``Answer/storedBefore``.
    ///
    /// - Parameter version: The build's version.
    /// - Throws: ``SQUADError``.
    package func submit(_ run: TestRun, to version: String) async throws(SQUADError) -> Answer {
        do {
            let form = try MultipartForm(run)
            var request = HTTPClientRequest(
                url: project.submission(build: version, environment: run.environment)
            )
            request.method = .POST
            request.headers.add(name: "Accept", value: "application/json, text/plain")
            request.headers.add(name: "User-Agent", value: "muster")
            request.headers.add(name: "Content-Type", value: form.contentType)
            if let token { request.headers.add(name: "Auth-Token", value: token.reveal) }
            request.body = .bytes(form.body)
            return try Self.answer(try await answer(to: request))
        } catch {
            throw Self.squadError(error)
        }
    }

    private func answer(to request: HTTPClientRequest) async throws -> RawAnswer {
        try await HTTPExchange.send(request, over: connections, within: timeout) { response in
            var body: [UInt8] = []
            try await response.body.beginning(upTo: Self.maximumAnswerBytes) { body.append(contentsOf: $0) }
            return RawAnswer(
                status: Int(response.status.code),
                retryAfter: response.headers.first(name: "retry-after"),
                body: body
            )
        }
    }
}

/// An answer as it came.
struct RawAnswer: Sendable {
    let status: Int
    var retryAfter: String?
    let body: [UInt8]
}

extension SQUADClient {
    /// What an answer means.
    static func answer(_ raw: RawAnswer) throws(SQUADError) -> Answer {
        let text = String(decoding: raw.body, as: UTF8.self)
        // Pages for people say nothing that the status does not.
        let isPage = text.drop { $0.isWhitespace }.hasPrefix("<")
        let message = isPage ? "a page in place of a reason" : HarmlessText.line(text, limit: longestMessage)
        switch raw.status {
        case 200..<300: return .stored
        // `DuplicatedTestJob` of squad/core/tasks/__init__.py, 1.98.
        case 400 where text.contains("There is already a test run with job_id"): return .storedBefore
        case 400, 413: throw .refused(status: raw.status, message: message)
        case 401, 403: throw .unauthorized(status: raw.status, message: message)
        case 404: throw .notFound(message: message)
        case 429: throw .busy(retryAfter: raw.retryAfter.flatMap { RetryAfter.parse($0) })
        default: throw .unexpected(status: raw.status, message: message)
        }
    }

    private static func squadError(_ error: any Error) -> SQUADError {
        if let error = error as? SQUADError { return error }
        // Whoever has an authority of its own for its SQUAD installs it on the notifier's machine.
        let failure = ConnectionFailure(error, authoritiesKey: "the system")
        return failure.kind == .timeout ? .timeout : .unreachable(reason: failure.reason)
    }
}
