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

/// A project of a SQUAD: where results are pushed to.
package struct SQUADProject: Sendable, Equatable {
    /// The root of the SQUAD, `https://squad.example.com`, without a slash at its end.
    package let root: String
    /// `group/project` there.
    package let path: String

    /// The project `path` of the SQUAD at `url`.
    package init(url: String, path: String) {
        var root = Substring(url)
        while root.hasSuffix("/") { root = root.dropLast() }
        self.root = String(root)
        self.path = path
    }

    /// The project's page, by which deliveries to it are known.
    package var page: String { "\(root)/\(path)/" }

    /// Where the test runs of a build's environment are posted. The parts are slugs and need no escaping.
    func submission(build version: String, environment: String) -> String {
        "\(root)/api/submit/\(path)/\(version)/\(environment)"
    }
}

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

/// A test run as `multipart/form-data`.
///
/// Its fields go as files: Django, below SQUAD, bounds what comes in plain fields (`DATA_UPLOAD_MAX_MEMORY_SIZE`).
struct MultipartForm {
    let boundary: String
    let body: [UInt8]

    var contentType: String { "multipart/form-data; boundary=\(boundary)" }

    /// - Parameter boundary: Something that the fields' JSON can't hold by chance.
    init(_ run: TestRun, boundary: String = "muster-\(UUID().uuidString)") throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var body: [UInt8] = []
        func add(_ name: String, _ content: Data) {
            let head = """
                --\(boundary)\r
                Content-Disposition: form-data; name="\(name)"; filename="\(name).json"\r
                Content-Type: application/json\r
                \r

                """
            body += Array(head.utf8) + content + Array("\r\n".utf8)
        }
        add("metadata", try encoder.encode(run.metadata))
        // A field that is there makes a file in SQUAD's storage, empty or not.
        if !run.tests.isEmpty { add("tests", try encoder.encode(run.tests)) }
        if !run.metrics.isEmpty { add("metrics", try encoder.encode(run.metrics)) }
        self.boundary = boundary
        self.body = body + Array("--\(boundary)--\r\n".utf8)
    }
}
