// SPDX-License-Identifier: Apache-2.0

public import AsyncHTTPClient
internal import HTTPExchange
public import Logging
internal import Synchronization

/// A client of one lab's REST API, version 0.2.
///
/// No request that changes anything is ever sent twice: neither this client nor the HTTP client below it repeats one,
/// whatever happened to its connection. What failed is told by ``LAVAError``, and the caller decides. Every method throws
/// ``LAVAError`` and ends, for each request it makes, within the lab's request timeout and the time that it waits for its
/// turn; those that make several say so.
///
/// What happens at the lab is told by ``LAVAEventStream``, beside this type.
public final class LAVAClient: Sendable {
    /// The lab this client talks to.
    public let lab: LAVALab

    let httpClient: HTTPClient
    let logger: Logger
    let apiRoot: String
    let permits: RequestPermits
    let recovery: Recovery?

    /// Returns when the lab is back from an outage that a request which began at a given moment has seen, and in which it
    /// may hang on until its limit; does not return, until its task is cancelled, while there is none.
    public typealias Recovery = @Sendable (_ began: ContinuousClock.Instant) async throws -> Void

    /// Whether the lab has been found not to cancel in batches.
    let lacksBatches = Mutex(false)

    /// A client of a lab over an HTTP client that the caller owns and shuts down.
    ///
    /// - Parameters:
    ///   - lab: Where the lab is and who we are there.
    ///   - httpClient: Best made by ``makeHTTPClient(for:)``; another must follow no redirects and keep idle
    ///     connections for less than two seconds.
    ///   - logger: Gets one line a request, at debug level.
    ///   - recovery: Has a request that hangs given up and sent once more, if it changes nothing; nil leaves it to its
    ///     limit.
    public init(lab: LAVALab, httpClient: HTTPClient, logger: Logger, recovery: Recovery? = nil) {
        self.lab = lab
        self.httpClient = httpClient
        var logger = logger
        logger[metadataKey: "lava.lab"] = "\(lab.name)"
        self.logger = logger
        self.apiRoot = lab.apiRoot
        self.recovery = recovery
        permits = RequestPermits(maximum: lab.maximumConnections, kept: lab.keptConnections)
    }

    /// An HTTP client set up for these labs.
    ///
    /// - LAVA's server closes a connection that was idle for 2.0 s. Ours are closed after one, so that a request
    ///   is not sent into a connection that is just going away, which would put a submission in doubt.
    /// - Redirects are not followed: a POST would become a GET, and the token would go elsewhere.
    /// - A connection that cannot be made fails at once and without doubt, in place of being tried until the timeout.
    ///
    /// - Parameter labs: Those it is for. Whose word counts for a certificate and what requests go through is a matter of
    ///   the client, so labs with different ``LAVALab/authorityFile`` or ``LAVALab/proxy`` take a client each.
    /// - Throws: ``LAVAError/Kind/transport(reason:)`` if a file of authorities cannot be read.
    public static func makeHTTPClient(for labs: [LAVALab]) throws(LAVAError) -> HTTPClient {
        var settings = HTTPSettings()
        if let lab = labs.first {
            guard labs.allSatisfy({ $0.authorityFile == lab.authorityFile && $0.proxy == lab.proxy }) else {
                throw LAVAError(
                    kind: .transport(reason: "TLS: labs with different authorities or proxies take a client each"),
                    requestMayHaveBeenProcessed: false
                )
            }
            settings.tls = try LabAuthorities(lab).clientConfiguration
            settings.proxy = lab.proxy?.proxy
        }
        settings.connectTimeout = labs.map(\.connectTimeout).max() ?? settings.connectTimeout
        settings.idleTimeout = .seconds(1)
        // Who has a permit finds a connection: the pool never makes anybody wait, also not for one that is just closing.
        settings.maximumConnections = 10_000
        return settings.makeClient()
    }
}

extension LAVAClient {
    /// The user the lab takes us for; empty means anonymous.
    ///
    /// A header that LAVA does not understand makes a request anonymous in silence, so ask this when a lab is set
    /// up. A wrong token throws ``LAVAError/Kind/unauthorized(message:)``.
    public func whoami() async throws(LAVAError) -> String {
        struct Answer: Decodable { var user: String }
        return try await decoded(Answer.self, LAVARequest("system/whoami/")).user
    }

    /// The version of LAVA, such as `2023.01`.
    public func version() async throws(LAVAError) -> String {
        struct Answer: Decodable { var version: String }
        return try await decoded(Answer.self, LAVARequest("system/version/")).version
    }
}
