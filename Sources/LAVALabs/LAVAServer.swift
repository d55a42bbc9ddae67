// SPDX-License-Identifier: Apache-2.0

package import FleetRuntime
import Foundation
package import HTTPExchange
package import LAVA
package import Labs
package import Logging

/// A LAVA server as a lab of the fleet.
package struct LAVAServer: Lab {
    let client: LAVAClient
    private let httpClient: OwnedHTTPClient
    let logger: Logger

    /// A stream that is cut off without a word is noticed within seconds, and the lab polled often.
    static let eventLimits = LAVAEventLimits(pingInterval: .seconds(2), silenceLimit: .seconds(6))

    /// - Parameters:
    ///   - httpClient: As ``LAVAClient/makeHTTPClient(for:)`` makes it; ``shutdown()`` shuts it down, or its end does.
    ///   - recovery: Has requests that hang through an outage sent again.
    package init(lab: LAVALab, httpClient: OwnedHTTPClient, recovery: LabRecovery? = nil, logger: Logger) {
        client = LAVAClient(lab: lab, httpClient: httpClient.client, logger: logger, recovery: recovery)
        self.httpClient = httpClient
        self.logger = logger
    }

    /// A lab of the configuration, with connections of its own.
    ///
    /// - Parameters:
    ///   - recovery: Has requests that hang through an outage sent again.
    ///   - limit: The most that a request may take, where that is less than the configuration says.
    /// - Throws: `ConfigurationFaults` that name the key.
    package init(
        _ backend: FleetConfiguration.Backend,
        recovery: LabRecovery? = nil,
        limit: Duration? = nil,
        logger: Logger
    ) throws {
        var lab = try LAVALab(backend)
        if let limit {
            lab.requestTimeout = min(lab.requestTimeout, limit)
            lab.connectTimeout = min(lab.connectTimeout, limit)
        }
        let httpClient: OwnedHTTPClient
        do {
            httpClient = OwnedHTTPClient(try LAVAClient.makeHTTPClient(for: [lab]))
        } catch {
            // Nothing but a file of authorities that is of no use stands in the way of a client.
            throw ConfigurationFaults([backend.$authorityFile.fault("can't be used: \(error)")])
        }
        self.init(lab: lab, httpClient: httpClient, recovery: recovery, logger: logger)
    }

    /// Whether ``init(_:recovery:limit:logger:)`` takes a lab of the configuration; nothing is made or dialled.
    ///
    /// - Throws: `ConfigurationFaults` that name the key.
    package static func check(_ backend: FleetConfiguration.Backend) throws(ConfigurationFaults) {
        let lab = try LAVALab(backend)
        do throws(LAVAError) {
            try lab.checkFiles()
        } catch {
            throw ConfigurationFaults([backend.$authorityFile.fault("can't be used: \(error)")])
        }
    }

    /// A stream behind a proxy is only listened to if somebody has said where it can be reached without one.
    package var hasEvents: Bool { client.lab.proxy == nil || client.lab.eventsURL != nil }

    package func identity() async throws(LabError) -> LabIdentity {
        let user = try await asking { () async throws(LAVAError) in try await client.whoami() }
        guard user.isEmpty else { return .user(user) }
        return client.lab.token == nil ? .anonymous : .stranger
    }

    package func version() async throws(LabError) -> String {
        try await "LAVA " + asking { () async throws(LAVAError) in try await client.version() }
    }

    package func shutdown() async throws { try await httpClient.shutdown() }
}

extension LAVALab {
    /// How many requests one worker may have open to a lab besides `backends.*.concurrency`, none of them for results.
    static let keptForOthers = 2

    /// A lab of the configuration.
    ///
    /// - Throws: `ConfigurationFaults` that name the key.
    package init(_ backend: FleetConfiguration.Backend) throws(ConfigurationFaults) {
        let eventsURL: URL? = if let text = backend.eventsURL { try Self.url(text, backend.$eventsURL) } else { nil }
        self.init(
            name: backend.name,
            url: try Self.url(backend.url ?? "", backend.$url),
            eventsURL: eventsURL,
            authorityFile: backend.authorityFile,
            proxy: backend.proxy.map(LAVAProxy.init),
            user: backend.user,
            token: backend.token.map { LAVAToken($0.reveal) },
            requestTimeout: backend.requestTimeout,
            maximumConnections: backend.concurrency + Self.keptForOthers,
            keptConnections: Self.keptForOthers,
            poolTimeout: backend.poolTimeout
        )
    }

    private static func url(_ text: String, _ place: ConfigurationPlace) throws(ConfigurationFaults) -> URL {
        guard let url = URL(string: text) else { throw ConfigurationFaults([place.fault("is not a URL")]) }
        return url
    }
}

extension LabError {
    /// What a LAVA server, or the way to it, has said.
    init(_ error: LAVAError) {
        let kind: Kind =
            switch error.kind {
            case .refused(let message): .refused(message: message)
            case .unauthorized: .unauthorized
            case .notFound: .notFound
            case .throttled(let pause): .throttled(retryAfter: pause)
            case .server: .failed
            case .unexpected: .unintelligible
            case .tooLarge: .tooLarge
            case .transport: .unreachable
            case .busy: .busy
            case .timeout: .timeout
            case .cancelled: .cancelled
            }
        self.init(kind, isInDoubt: error.requestMayHaveBeenProcessed, "\(error)")
    }
}

extension LAVAError {
    /// A lab job whose name is no number is none of LAVA's.
    static let none = LAVAError(kind: .notFound, requestMayHaveBeenProcessed: false)
}

/// Does something at a LAVA server, and says in the fleet's terms what went wrong.
func asking<Value>(_ body: () async throws(LAVAError) -> Value) async throws(LabError) -> Value {
    do {
        return try await body()
    } catch {
        throw LabError(error)
    }
}
