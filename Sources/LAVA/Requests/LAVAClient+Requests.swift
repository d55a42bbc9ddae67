// SPDX-License-Identifier: Apache-2.0

internal import AsyncHTTPClient
internal import Deadlines
internal import Foundation
internal import HTTPExchange
internal import Logging
internal import NIOCore
internal import NIOHTTP1

extension LAVAClient {
    /// The largest answer that is not a row or a page of them, in bytes: who we are, which jobs were made.
    static let smallAnswerBytes = 1024 * 1024

    /// The most of a refusal that is read, in bytes.
    static let refusalBytes = 64 * 1024

    /// Sends a request and reads its answer as JSON of a given shape; for answers that are small.
    func decoded<Answer: Decodable & Sendable>(
        _ type: Answer.Type,
        _ request: LAVARequest
    ) async throws(LAVAError) -> Answer {
        let limit = min(lab.maximumResponseBytes, Self.smallAnswerBytes)
        return try await exchange(request) { response in
            let body = try await Self.collect(response, upTo: limit, request)
            try Self.requireJSON(LAVAResponse(response, body: body), request)
            do {
                return try JSONDecoder().decode(type, from: Data(body.readableBytesView))
            } catch {
                throw Self.senseless(request, AnswerText.reason(ofDecoding: error))
            }
        }
    }

    /// Sends a request of which nothing but its success matters.
    func send(_ request: LAVARequest) async throws(LAVAError) {
        let limit = min(lab.maximumResponseBytes, Self.smallAnswerBytes)
        try await exchange(request) { response in _ = try await Self.collect(response, upTo: limit, request) }
    }

    /// Sends a request once, when it is its turn, and reads a good answer; an answer that is no 2xx throws what it means.
    ///
    /// A request that changes nothing is sent a second time if ``LAVAClient/recovery`` says that the lab is back from
    /// an outage in which the first one hangs.
    func exchange<Value: Sendable>(
        _ request: LAVARequest,
        _ read: @escaping @Sendable (HTTPClientResponse) async throws -> Value
    ) async throws(LAVAError) -> Value {
        try await permits.withPermit(
            for: request.purpose,
            within: min(request.maximumWait ?? lab.poolTimeout, lab.poolTimeout)
        ) { () async throws(LAVAError) -> Value in
            let start = ContinuousClock.now
            do {
                let value: Value
                if let recovery, !request.changesSomething {
                    let first = try await withInterruption(by: { try await recovery(start) }) {
                        try await self.execute(request, read)
                    }
                    // Not with `??`, whose right side cannot wait.
                    if let first { value = first } else { value = try await execute(request, read) }
                } else {
                    value = try await execute(request, read)
                }
                log("Asked a lab", request, since: start)
                return value
            } catch let error as LAVAError {
                log("A lab did not do what it was asked", request, since: start)
                throw error
            } catch {
                log("A lab did not answer", request, since: start)
                throw LAVAError.transport(error, changesSomething: request.changesSomething)
            }
        }
    }

    private func log(_ message: Logger.Message, _ request: LAVARequest, since start: ContinuousClock.Instant) {
        logger.debug(
            message,
            metadata: [
                "http.method": "\(request.method)", "http.path": "\(request.path)",
                "http.duration": "\(ContinuousClock.now - start)",
            ]
        )
    }

    /// The request within the lab's limit.
    private func execute<Value: Sendable>(
        _ request: LAVARequest,
        _ read: @escaping @Sendable (HTTPClientResponse) async throws -> Value
    ) async throws -> Value {
        var outgoing = HTTPClientRequest(url: request.url(root: apiRoot))
        outgoing.method = request.method
        outgoing.headers.add(name: "Accept", value: "application/json")
        outgoing.headers.add(name: "User-Agent", value: "muster")
        if let token = lab.token { outgoing.headers.add(name: "Authorization", value: "Token \(token.value)") }
        if let body = request.body {
            outgoing.headers.add(name: "Content-Type", value: "application/json")
            outgoing.body = .bytes(body)
        }
        do {
            return try await HTTPExchange.send(outgoing, over: httpClient, within: lab.requestTimeout) { response in
                guard (200..<300).contains(response.status.code) else {
                    let refusal = LAVAResponse(response, body: try await Self.beginning(of: response))
                    throw LAVAError.answer(refusal, changesSomething: request.changesSomething)
                        ?? Self.senseless(request, "HTTP \(response.status.code)")
                }
                return try await read(response)
            }
        } catch let error as LAVAError {
            throw error
        } catch {
            throw await tlsRefusal?.explained(error) ?? error
        }
    }
}

extension LAVAClient {
    /// The whole body of an answer.
    static func collect(
        _ response: HTTPClientResponse,
        upTo limit: Int,
        _ request: LAVARequest
    ) async throws -> ByteBuffer {
        do {
            return try await response.body.whole(upTo: limit)
        } catch is HTTPBodyTooLarge {
            throw LAVAError(
                kind: .tooLarge(limit: limit),
                requestMayHaveBeenProcessed: request.changesSomething
            )
        }
    }

    /// As much of a refusal as is shown of it.
    static func beginning(of response: HTTPClientResponse) async throws -> ByteBuffer {
        var body = ByteBuffer()
        try await response.body.beginning(upTo: refusalBytes) { body.writeBytes($0) }
        return body
    }

    /// - Throws: ``LAVAError/Kind/unexpected(reason:)`` for an answer that is a page for people.
    static func requireJSON(_ response: LAVAResponse, _ request: LAVARequest) throws(LAVAError) {
        guard !response.isJSON else { return }
        let page = AnswerText.plain(html: response.text(), limit: 200)
        throw LAVAError(
            kind: .unexpected(reason: "HTTP \(response.status) without JSON: \(page)"),
            requestMayHaveBeenProcessed: request.changesSomething
        )
    }

    /// An answer that is not what LAVA says.
    static func senseless(_ request: LAVARequest, _ reason: String) -> LAVAError {
        LAVAError(
            kind: .unexpected(reason: "\(request.path): \(reason)"),
            requestMayHaveBeenProcessed: request.changesSomething
        )
    }

    /// What says why a lab's certificate did not pass; nil without TLS.
    private var tlsRefusal: TLSRefusal? {
        guard lab.url.scheme?.lowercased() == "https", let host = lab.url.host(percentEncoded: false),
            let authorities = try? LabAuthorities(lab)
        else { return nil }
        let name = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        return TLSRefusal(
            authorities: authorities,
            host: name,
            port: lab.url.port ?? 443,
            limit: lab.proxy == nil ? TimeAmount(min(lab.connectTimeout, .seconds(5))) : nil
        )
    }
}

extension LAVAResponse {
    init(_ response: HTTPClientResponse, body: ByteBuffer = ByteBuffer()) {
        self.init(status: Int(response.status.code), headers: response.headers, body: body)
    }
}

extension AnswerText {
    /// Where decoding failed and why, without the data itself.
    static func reason(ofDecoding error: any Error) -> String {
        guard let error = error as? DecodingError else { return "it could not be read" }
        func place(_ context: DecodingError.Context) -> String {
            context.codingPath.map(\.stringValue).joined(separator: ".")
        }
        return switch error {
        case .keyNotFound(let key, let context): "no \"\(key.stringValue)\" in \"\(place(context))\""
        case .typeMismatch(_, let context): "\"\(place(context))\" has another type"
        case .valueNotFound(_, let context): "\"\(place(context))\" is null"
        case .dataCorrupted: "it is not valid JSON"
        @unknown default: "it could not be read"
        }
    }
}
