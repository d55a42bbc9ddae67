// SPDX-License-Identifier: Apache-2.0

internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import Synchronization

/// A simulated lab on a port: serves until its task is cancelled, and goes down and comes back when ordered to.
final class Simulator: Sendable {
    let lab: Lab
    let faults = FaultBook()
    let counts = RequestCounts()
    let hub: StreamHub
    private let options: SimulatorOptions
    private let tls: NIOSSLContext?
    let connections = ConnectionRegistry()
    private let outages: AsyncStream<ControlRouter.Outage>
    private let orderOutage: AsyncStream<ControlRouter.Outage>.Continuation
    private let bound = Mutex<(port: Int, waiting: [EventLoopPromise<Int>])>((0, []))

    /// What listens at the moment.
    private let listener = Mutex<(any Channel)?>(nil)
    let uptime = Uptime()
    let late: LateRequests

    /// What listens for the event stream, if that has a port of its own.
    private let streamListener = Mutex<(channel: (any Channel)?, port: Int)>((nil, 0))

    /// How often a port that is still taken is tried, and how long between two tries.
    private static let bindAttempts = 100
    private static let bindPause = Duration.milliseconds(50)
    /// How long the answer to an order to restart has to go out.
    private static let answerTime = Duration.milliseconds(100)

    /// A lab that is not there yet.
    ///
    /// - Throws: What is wrong with its log or its certificate.
    init(options: SimulatorOptions) throws {
        self.options = options
        late = LateRequests(uptime: uptime)
        hub = StreamHub(isMute: !options.hasEvents)
        tls = try options.tls.map(TLSInstaller.context)
        let log = try SimulatorLog(path: options.logPath)
        lab = Lab(
            options: options,
            log: log,
            stage: EventStage(hub: hub, faults: faults),
            eventLoop: MultiThreadedEventLoopGroup.singleton.any()
        )
        (outages, orderOutage) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1))
    }

    /// Serves. The port is bound anew after each outage.
    ///
    /// - Throws: What kept it from listening.
    func run() async throws {
        var iterator = outages.makeAsyncIterator()
        while true {
            uptime.begin()
            let server = Task { await self.serve() }
            let outage = await iterator.next(isolation: nil)
            // Whoever ordered it has the answer first.
            if outage != nil { try? await Task.sleep(for: Self.answerTime) }
            await stop(server)
            if let failure = await server.value { throw failure }
            guard let outage, !Task.isCancelled else { return }
            if outage.keep == false { lab.wipe() }
            try await Task.sleep(for: .milliseconds(min(max(0, outage.downMilliseconds ?? 0), 3_600_000)))
        }
    }

    /// Stops listening and drops every connection, also those that come in meanwhile.
    ///
    /// The server's task is not cancelled: a connection that was accepted and is thrown away unhandled traps in NIO.
    private func stop(_ server: Task<(any Error)?, Never>) async {
        uptime.end()
        if let channel = listener.withLock({ $0 }) { await Self.close(listening: channel) }
        streamListener.withLock { $0.channel }?.close(promise: nil)
        let dropping = Task {
            while !Task.isCancelled {
                self.connections.dropAll()
                try? await Task.sleep(for: .milliseconds(2))
            }
        }
        _ = await server.value
        dropping.cancel()
        connections.dropAll()
        listener.withLock { $0 = nil }
    }

    /// Serves until it is stopped; returns what ended it otherwise.
    private func serve() async -> (any Error)? {
        for attempt in 1... {
            do {
                try await listenForStreams()
                try await application.run()
                return nil
            } catch {
                if uptime.isDown { return nil }
                if (error as? IOError)?.errnoCode == EADDRINUSE, attempt < Self.bindAttempts {
                    try? await Task.sleep(for: Self.bindPause)
                    continue
                }
                orderOutage.finish()
                isGone(error)
                return error
            }
        }
        return nil
    }

    /// The port, as soon as something listens on it.
    func port() async throws -> Int {
        let promise = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: Int.self)
        let known = bound.withLock { bound in
            if bound.port == 0 { bound.waiting.append(promise) }
            return bound.port
        }
        if known != 0 { promise.succeed(known) }
        return try await promise.futureResult.get()
    }

    /// Opens the event stream's own port, if it has one; it is kept through restarts too.
    private func listenForStreams() async throws {
        guard let wanted = options.eventsPort else { return }
        let known = streamListener.withLock { $0 }
        if known.channel?.isActive ?? false { return }
        let listener = StreamListener(hub: hub, connections: connections, tls: tls)
        let channel = try await listener.listen(host: options.host, port: known.port == 0 ? wanted : known.port)
        streamListener.withLock { $0 = (channel, channel.localAddress?.port ?? 0) }
        if uptime.isDown { channel.close(promise: nil) }
    }

    /// The port of the event stream, as soon as something listens on it.
    func eventsPort() async throws -> Int {
        // It is opened before the other one.
        let port = try await port()
        return options.eventsPort == nil ? port : streamListener.withLock { $0.port }
    }

    private var application: Application<LabResponder> {
        let rest = RestRouter(lab: lab)
        let order = orderOutage
        let control = ControlRouter(lab: lab, faults: faults, counts: counts, late: late, hub: hub) { order.yield($0) }
        var logger = Logger(label: "muster.labsim")
        // What a fault or an outage does to a connection is no news here.
        logger.logLevel = .critical
        let registry = connections
        let (hub, hasOwnPort) = (hub, options.eventsPort != nil)
        let (faults, tls, clock) = (faults, tls, lab.clock)
        let known = bound.withLock { $0.port }
        return Application(
            responder: LabResponder(
                rest: rest,
                control: control,
                faults: faults,
                counts: counts,
                late: late,
                log: lab.log
            ),
            server: .http1(
                configuration: HTTP1Channel.Configuration(
                    additionalChannelHandlers: [
                        ConnectionRegistry.Handler(registry, faults), ParserNeighbour(DateHeader(clock)),
                    ] + (hasOwnPort ? [] : [ParserNeighbour(StreamDoor(hub))]) + [TLSInstaller(tls)],
                    idleTimeout: .milliseconds(Int64(options.idleMilliseconds))
                )
            ),
            configuration: ApplicationConfiguration(
                address: .hostname(options.host, port: known == 0 ? options.port : known),
                serverName: "gunicorn",
                backlog: 1_024
            ),
            onServerRunning: { [weak self] channel in
                await self?.isListening(channel)
            },
            logger: logger
        )
    }

    private func isListening(_ channel: any Channel) async {
        let port = channel.localAddress?.port ?? 0
        listener.withLock { $0 = channel }
        // It was stopped before it had begun.
        if uptime.isDown { await Self.close(listening: channel) }
        let waiting = bound.withLock { bound in
            bound.port = port
            defer { bound.waiting = [] }
            return bound.waiting
        }
        for promise in waiting { promise.succeed(port) }
    }

    /// Stops accepting, lets what was accepted come through, and closes. A connection that is accepted while its
    /// listener closes would be thrown away unhandled.
    private static func close(listening channel: any Channel) async {
        try? await channel.setOption(.autoRead, value: false).get()
        // Being accepted and set up takes a connection from the listener's event loop to its own and back, twice.
        for _ in 0..<4 {
            for loop in MultiThreadedEventLoopGroup.singleton.makeIterator() { try? await loop.submit {}.get() }
            try? await channel.eventLoop.submit {}.get()
        }
        channel.close(promise: nil)
    }

    private func isGone(_ error: any Error) {
        let waiting = bound.withLock { bound in
            defer { bound.waiting = [] }
            return bound.waiting
        }
        for promise in waiting { promise.fail(error) }
    }
}

/// Whether the lab is up, and which of its runs this is.
final class Uptime: Sendable {
    private let state = Mutex<(isUp: Bool, run: Int)>((false, 0))

    /// The number of the present run; nil while the lab is down.
    var run: Int? { state.withLock { $0.isUp ? $0.run : nil } }

    var isDown: Bool { run == nil }

    func begin() { state.withLock { $0 = (true, $0.run + 1) } }

    func end() { state.withLock { $0.isUp = false } }
}
