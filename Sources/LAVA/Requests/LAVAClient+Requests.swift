// SPDX-License-Identifier: Apache-2.0

internal import AsyncHTTPClient
internal import Foundation
internal import Logging
internal import NIOCore
internal import NIOHTTP1

extension LAVAClient {
    /// Sends a request and reads its answer as JSON of a given shape.
    func decoded<Answer: Decodable>(
        _ type: Answer.Type,
        _ request: LAVARequest
    ) async throws(LAVAError) -> Answer {
        let response = try await send(request)
        let inDoubt = request.changesSomething
        guard response.isJSON else {
            let page = AnswerText.plain(html: response.text(), limit: 200)
            throw LAVAError(
                kind: .unexpected(reason: "HTTP \(response.status) without JSON: \(page)"),
                requestMayHaveBeenProcessed: inDoubt
            )
        }
        do {
            return try JSONDecoder().decode(type, from: Data(response.body.readableBytesView))
        } catch {
            throw LAVAError(
                kind: .unexpected(reason: "\(request.path): \(AnswerText.reason(ofDecoding: error))"),
                requestMayHaveBeenProcessed: inDoubt
            )
        }
    }

    /// Sends a request once; returns the answer if it is a 2xx, else throws what it means.
    func send(_ request: LAVARequest) async throws(LAVAError) -> LAVAResponse {
        let start = ContinuousClock.now
        do {
            let response = try await limited(request)
            logger.debug(
                "Asked a lab",
                metadata: [
                    "http.method": "\(request.method)", "http.path": "\(request.path)",
                    "http.status": "\(response.status)", "http.duration": "\(ContinuousClock.now - start)",
                ]
            )
            if let error = LAVAError.answer(response, changesSomething: request.changesSomething) { throw error }
            return response
        } catch let error as LAVAError {
            throw error
        } catch {
            logger.debug(
                "A lab did not answer",
                metadata: ["http.method": "\(request.method)", "http.path": "\(request.path)"]
            )
            throw LAVAError.transport(error, changesSomething: request.changesSomething)
        }
    }

    /// The request within the lab's limit. The HTTP client's own deadline ends with the answer's head; a lab that
    /// then trickles its body would hold us for ever, so the whole is raced against a clock.
    private func limited(_ request: LAVARequest) async throws -> LAVAResponse {
        let limit = lab.requestTimeout
        return try await withThrowingTaskGroup(of: LAVAResponse?.self) { group in
            group.addTask { try await self.execute(request) }
            group.addTask {
                try await Task.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let response = first else {
                throw LAVAError(kind: .timeout, requestMayHaveBeenProcessed: request.changesSomething)
            }
            return response
        }
    }

    private func execute(_ request: LAVARequest) async throws -> LAVAResponse {
        var outgoing = HTTPClientRequest(url: request.url(root: apiRoot))
        outgoing.method = request.method
        outgoing.headers.add(name: "Accept", value: "application/json")
        outgoing.headers.add(name: "User-Agent", value: "muster")
        if let token = lab.token { outgoing.headers.add(name: "Authorization", value: "Token \(token.value)") }
        if let body = request.body {
            outgoing.headers.add(name: "Content-Type", value: "application/json")
            outgoing.body = .bytes(body)
        }
        let response: HTTPClientResponse
        do {
            response = try await httpClient.execute(outgoing, timeout: TimeAmount(lab.requestTimeout))
        } catch {
            throw await tlsRefusal?.explained(error) ?? error
        }
        do {
            let body = try await response.body.collect(upTo: lab.maximumResponseBytes)
            return LAVAResponse(status: Int(response.status.code), headers: response.headers, body: body)
        } catch is NIOTooManyBytesError {
            throw LAVAError(
                kind: .tooLarge(limit: lab.maximumResponseBytes),
                requestMayHaveBeenProcessed: request.changesSomething
            )
        }
    }
}

extension LAVAClient {
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
            limit: TimeAmount(min(lab.connectTimeout, .seconds(5)))
        )
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
