// SPDX-License-Identifier: Apache-2.0

internal import Foundation
public import Logging
internal import NIOCore
internal import NIOSSL

/// A lab's event stream: tells at once what changed, and is never the only way to learn it.
///
/// One connection at a time is lent to a closure, and there is no reconnecting inside: whoever uses it calls again
/// after a pause that grows, and asks the lab for what happened meanwhile.
///
/// ```swift
/// try await LAVAEventStream(lab: lab, logger: logger).withEvents { events in
///     for try await event in events { … }
/// }
/// ```
///
/// LAVA 2023.01 sends everything to everyone, if `EVENT_NOTIFICATION` is set at the lab; later ones send public jobs'
/// events to everyone and others' to whom they concern, so that the lab's user and token are sent where there are both.
public struct LAVAEventStream: Sendable {
    /// The lab it listens to.
    public let lab: LAVALab

    /// What is bounded.
    public let limits: LAVAEventLimits

    private let logger: Logger

    /// A stream that is not open yet.
    ///
    /// - Parameters:
    ///   - lab: Where the lab is and who we are there. Dialling is limited by its `connectTimeout`, the whole
    ///     handshake by its `requestTimeout`.
    ///   - limits: How long it may be quiet and how much is kept.
    ///   - logger: Gets one line when it opens and one when it ends, at debug level.
    public init(lab: LAVALab, limits: LAVAEventLimits = LAVAEventLimits(), logger: Logger) {
        self.lab = lab
        self.limits = limits
        var logger = logger
        logger[metadataKey: "lava.lab"] = "\(lab.name)"
        self.logger = logger
    }

    /// Connects, lends the events to a closure, and closes when that returns or throws. A cancelled task closes it
    /// at once.
    ///
    /// - Parameter body: Takes the events, ``LAVAEvent/connected`` first.
    /// - Returns: What the closure returns.
    /// - Throws: ``LAVAError`` if the stream cannot be opened: ``LAVAError/Kind/notFound`` if the lab has none,
    ///   ``LAVAError/Kind/unauthorized(message:)`` if it does not let us; or else what the closure throws.
    public func withEvents<Value>(_ body: (LAVAEvents) async throws -> Value) async throws -> Value {
        let buffer = EventBuffer(capacity: limits.maximumBufferedEvents)
        let connection = EventConnection(try plan(), buffer: buffer)
        try await connection.open()
        let events = LAVAEvents(buffer: buffer)
        logger.debug("an event stream is open")
        let result: Result<Value, any Error>
        do {
            let value = try await withTaskCancellationHandler {
                try await body(events)
            } onCancel: {
                connection.cancel()
            }
            result = .success(value)
        } catch {
            result = .failure(error)
        }
        await connection.close()
        logger.debug(
            "an event stream has ended",
            metadata: [
                "lava.events.dropped": "\(events.droppedCount)",
                "lava.events.undecodable": "\(events.undecodableCount)",
            ]
        )
        return try result.get()
    }

    private func plan() throws(LAVAError) -> EventConnection.Plan {
        let address = try EventsAddress(lab)
        let authorities = address.isTLS ? try LabAuthorities(lab) : nil
        return EventConnection.Plan(
            address: address,
            authorization: authorization,
            tls: try authorities.map { authorities throws(LAVAError) in try Self.tlsContext(authorities) },
            refusal: authorities.map {
                TLSRefusal(
                    authorities: $0,
                    host: address.host,
                    port: address.port,
                    limit: TimeAmount(min(lab.connectTimeout, .seconds(5)))
                )
            },
            limits: limits,
            connectTimeout: TimeAmount(lab.connectTimeout),
            handshakeTimeout: TimeAmount(lab.requestTimeout)
        )
    }

    /// HTTP Basic: the event stream takes a user with a token, unlike REST.
    private var authorization: String? {
        guard let user = lab.user, let token = lab.token else { return nil }
        return "Basic " + Data("\(user):\(token.value)".utf8).base64EncodedString()
    }

    private static func tlsContext(_ authorities: LabAuthorities) throws(LAVAError) -> NIOSSLContext {
        var configuration = authorities.clientConfiguration
        configuration.applicationProtocols = ["http/1.1"]
        // A lab that is gone does not answer our goodbye, and nobody waits for it.
        configuration.shutdownTimeout = .milliseconds(250)
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw LAVAError.transport(error, changesSomething: false)
        }
    }
}
