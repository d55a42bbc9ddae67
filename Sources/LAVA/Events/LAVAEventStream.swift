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

/// How long an event stream may be quiet, and how much of it is kept.
public struct LAVAEventLimits: Sendable, Equatable {
    /// How often the lab is pinged.
    public var pingInterval: Duration

    /// How long nothing at all may come, not even the answer to a ping, before the lab is taken for dead. It is
    /// looked at with each ping, so that it may take one interval longer to be noticed.
    public var silenceLimit: Duration

    /// The largest message, in bytes, its fragments together. LAVA's have less than a thousand.
    public var maximumMessageBytes: Int

    /// How many events may wait to be taken.
    public var maximumBufferedEvents: Int

    /// Sets limits; each is brought into a range that makes sense.
    public init(
        pingInterval: Duration = .seconds(20),
        silenceLimit: Duration = .seconds(60),
        maximumMessageBytes: Int = 1024 * 1024,
        maximumBufferedEvents: Int = 4_096
    ) {
        self.pingInterval = min(max(.milliseconds(10), pingInterval), .seconds(3_600))
        self.silenceLimit = min(max(self.pingInterval, silenceLimit), .seconds(86_400))
        self.maximumMessageBytes = min(max(1024, maximumMessageBytes), 64 * 1024 * 1024)
        self.maximumBufferedEvents = min(max(2, maximumBufferedEvents), 1_000_000)
    }
}

/// Where a lab's event stream is.
struct EventsAddress: Sendable, Equatable {
    var host: String
    var port: Int
    var isTLS: Bool
    /// The path, with a query if there is one, as it is sent.
    var target: String

    /// The address an operator gave, or `/ws/` on the origin of the API: LAVA's web server passes that on.
    init(_ lab: LAVALab) throws(LAVAError) {
        let url = lab.eventsURL ?? lab.url
        guard let host = url.host(percentEncoded: false), !host.isEmpty else {
            throw Self.wrong("the address of the event stream has no host")
        }
        switch url.scheme?.lowercased() {
        case "ws", "http": isTLS = false
        case "wss", "https": isTLS = true
        default: throw Self.wrong("the address of the event stream must begin with ws:// or wss://")
        }
        self.host = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        port = url.port ?? (isTLS ? 443 : 80)
        guard (1...65_535).contains(port) else { throw Self.wrong("the event stream has no such port") }
        let path = lab.eventsURL?.path(percentEncoded: true) ?? ""
        target = path.isEmpty || path == "/" ? "/ws/" : path
        if let query = lab.eventsURL?.query(percentEncoded: true) { target += "?\(query)" }
    }

    /// The `Host` of the request.
    var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isTLS ? 443 : 80) ? name : "\(name):\(port)"
    }

    private static func wrong(_ reason: String) -> LAVAError {
        LAVAError(kind: .transport(reason: reason), requestMayHaveBeenProcessed: false)
    }
}
