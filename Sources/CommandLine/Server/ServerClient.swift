// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import Fleet
import FleetRuntime
import Foundation
import HTTPExchange
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL

/// Asks a gateway. Redirects are not followed: a token goes to nobody but whom it was given for.
struct ServerClient: Sendable {
    /// Where it is.
    let address: ServerAddress
    /// What it knows us by.
    let token: ServerToken?
    /// How long a request may take, unless it has a reason to take longer.
    let timeout: Duration
    /// What it is reached through; nil: nothing.
    let proxy: HTTPProxy?
    let logger: Logger
    private let http: HTTPClient

    /// For how long somebody who says `Retry-After` is obeyed.
    private static let patience = Duration.seconds(60)
    /// The pauses after which the same is tried again.
    private static let pauses = [Duration.milliseconds(500), .seconds(1), .seconds(2)]

    init(
        address: ServerAddress,
        token: ServerToken?,
        authorities: ServerAuthorities,
        timeout: Duration,
        proxy: HTTPProxy?,
        isVerbose: Bool
    ) {
        self.address = address
        self.token = token
        self.timeout = timeout
        self.proxy = proxy
        if isVerbose {
            logger = makeLogger(name: "muster", FleetConfiguration.Log(level: .debug))
        } else {
            logger = Logger(label: "muster") { _ in SwiftLogNoOpLogHandler() }
        }
        var settings = HTTPSettings()
        settings.tls = authorities.clientConfiguration
        // A server that is restarted takes its connections with it.
        settings.idleTimeout = .seconds(5)
        settings.proxy = proxy
        http = settings.makeClient()
    }

    /// To be called at the end.
    func close() async { try? await http.shutdown() }

    /// Asks and reads what comes.
    func ask<Value: Decodable>(_ type: Value.Type, _ request: ServerRequest) async throws -> Value {
        try read(type, try await send(request))
    }

    /// Reads an answer.
    ///
    /// - Throws: ``CommandFailure`` when it is none of the API's.
    func read<Value: Decodable>(_ type: Value.Type, _ answer: ServerAnswer) throws -> Value {
        do {
            return try answer.decoded(type)
        } catch let unreadable as ServerAnswer.Unreadable {
            throw strange(unreadable.reason)
        }
    }

    /// Sends a request, again where that does no harm, and answers what came if it is a 2xx.
    ///
    /// - Throws: `FleetRefusal`, ``ServerRefusal``, ``FleetAbsence``, ``CommandFailure``.
    func send(_ request: ServerRequest) async throws -> ServerAnswer {
        let clock = ContinuousClock()
        let start = clock.now
        var tries = 0
        while true {
            let pause: Duration
            do {
                let answer = try await once(request)
                if (200..<300).contains(answer.status) { return answer }
                guard let after = wait(after: answer, request), clock.now - start + after <= Self.patience else {
                    throw failure(answer)
                }
                pause = after
            } catch let trouble as ServerTrouble {
                guard trouble.mayPass, tries < Self.pauses.count, trouble.wasNotSent || request.isRepeatable else {
                    throw absence(trouble, request)
                }
                pause = Self.pauses[tries]
                tries += 1
            }
            // Whoever was told the same at once does not come back at once.
            try await Task.sleep(for: pause * Double.random(in: 1...1.25))
        }
    }

    /// How long to wait until the same is asked again; nil when that is of no use.
    private func wait(after answer: ServerAnswer, _ request: ServerRequest) -> Duration? {
        guard let pause = answer.retryAfter else { return nil }
        switch answer.status {
        case 429: return max(.milliseconds(200), pause)
        case 503 where request.isRepeatable: return max(.milliseconds(200), pause)
        default: return nil
        }
    }

    /// Hands on a 2xx piece by piece as it comes.
    ///
    /// - Parameter limit: How long all of it may take.
    /// - Throws: as ``send(_:)``; what `sink` throws.
    func download(
        _ request: ServerRequest,
        within limit: Duration,
        _ sink: @escaping @Sendable ([UInt8]) throws(CommandFailure) -> Void
    ) async throws {
        do {
            let refusal = try await HTTPExchange.send(outgoing(request), over: http, within: limit) { response in
                let status = Int(response.status.code)
                guard (200..<300).contains(status) else {
                    let body = try await response.body.whole(upTo: 1 << 20)
                    return ServerAnswer(status: status, headers: response.headers, body: Array(body.readableBytesView))
                        as ServerAnswer?
                }
                for try await piece in response.body { try sink(Array(piece.readableBytesView)) }
                return nil
            }
            guard let refusal else { return }
            throw failure(refusal)
        } catch let error
            where error is CommandFailure || error is FleetRefusal || error is ServerRefusal || error is FleetAbsence
        {
            throw error
        } catch {
            try Task.checkCancellation()
            throw absence(ServerTrouble(error, within: limit), request)
        }
    }

    private func once(_ request: ServerRequest) async throws -> ServerAnswer {
        let start = ContinuousClock.now
        do {
            let answer = try await execute(request)
            logger.debug(
                "asked the server",
                [
                    .method: "\(request.method)", .url: "\(request.url(at: address))",
                    .status: "\(answer.status)", .duration: "\(ContinuousClock.now - start)",
                ]
            )
            return answer
        } catch let failure as CommandFailure {
            // What is wrong with the answer is said already, and another would be no better.
            throw failure
        } catch {
            try Task.checkCancellation()
            let trouble = ServerTrouble(error, within: timeout + request.extraTime)
            logger.debug(
                "the server did not answer",
                [.method: "\(request.method)", .error: "\(masked(trouble.reason))"]
            )
            throw trouble
        }
    }

    /// The request within its limit.
    private func execute(_ request: ServerRequest) async throws -> ServerAnswer {
        let outgoing = outgoing(request)
        return try await HTTPExchange.send(outgoing, over: http, within: timeout + request.extraTime) { response in
            do {
                let body = try await response.body.whole(upTo: request.maximumBytes)
                return ServerAnswer(
                    status: Int(response.status.code),
                    headers: response.headers,
                    body: Array(body.readableBytesView)
                )
            } catch is HTTPBodyTooLarge {
                throw strange("its answer has more than \(request.maximumBytes) bytes")
            }
        }
    }

    private func outgoing(_ request: ServerRequest) -> HTTPClientRequest {
        var outgoing = HTTPClientRequest(url: request.url(at: address))
        outgoing.method = request.method
        outgoing.headers.add(name: "User-Agent", value: "muster/\(MusterVersion.current)")
        if let token { outgoing.headers.add(name: "Authorization", value: "Bearer \(token.secret)") }
        if let key = request.key { outgoing.headers.add(name: "Idempotency-Key", value: key.text) }
        if let traceParent = request.traceParent {
            outgoing.headers.add(name: TraceParent.header, value: "\(traceParent)")
        }
        if let body = request.body {
            outgoing.headers.add(name: "Content-Type", value: "application/json")
            outgoing.body = .bytes(body, length: .known(Int64(body.count)))
        }
        return outgoing
    }
}

/// A page of a list.
private struct Page<Item: Decodable>: Decodable {
    let items: [Item]
    let nextCursor: String?
}

extension ServerClient {
    /// The most items of a list that is asked for to its end.
    private static let maximumItems = 1_000_000

    /// The first items of a list, page by page.
    ///
    /// - Parameter pageSize: How many a page has at most; nil where the list takes no such number.
    func list<Item: Decodable>(
        _ type: Item.Type,
        _ path: [String],
        _ query: [(name: String, value: String)] = [],
        pageSize: Int? = nil,
        limit: Int = Self.maximumItems
    ) async throws -> [Item] {
        var items: [Item] = []
        var cursor: String?
        repeat {
            var request = ServerRequest(get: path, query: query)
            if let pageSize { request.query.append(("limit", "\(min(pageSize, limit - items.count))")) }
            if let cursor { request.query.append(("cursor", cursor)) }
            let page = try await ask(Page<Item>.self, request)
            items += page.items
            guard page.nextCursor != cursor || cursor == nil, !page.items.isEmpty || page.nextCursor == nil else {
                throw strange("a list of it does not end")
            }
            cursor = page.nextCursor
        } while cursor != nil && items.count < limit
        return Array(items.prefix(limit))
    }
}

/// Whose word counts for a gateway's certificate: the system's authorities, and those that a person names.
struct ServerAuthorities: Sendable {
    /// A client's settings: the certificate is verified, and so is its name.
    private(set) var clientConfiguration = TLSConfiguration.makeClientConfiguration()

    /// The authorities of a file besides the system's, which `SSL_CERT_FILE` stands in for as it does elsewhere.
    ///
    /// - Throws: ``CommandFailure`` for a file that can't be read or holds none.
    init(file: String?, environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        if let system = environment["SSL_CERT_FILE"], !system.isEmpty {
            clientConfiguration.trustRoots = .certificates(try Self.certificates(in: system))
        }
        if let file { clientConfiguration.additionalTrustRoots = [.certificates(try Self.certificates(in: file))] }
    }

    private static func certificates(in file: String) throws -> [NIOSSLCertificate] {
        do {
            return try PEMFile.certificates(in: file)
        } catch {
            throw CommandFailure(.usage, "\(file) \(error)")
        }
    }
}
