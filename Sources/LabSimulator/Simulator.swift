// SPDX-License-Identifier: Apache-2.0

internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// A simulated lab on a port: serves until its task is cancelled, and goes down and comes back when ordered to.
final class Simulator: Sendable {
    let lab: Lab
    let faults = FaultBook()
    let counts = RequestCounts()
    private let options: SimulatorOptions
    let connections = ConnectionRegistry()
    private let outages: AsyncStream<ControlRouter.Outage>
    private let orderOutage: AsyncStream<ControlRouter.Outage>.Continuation
    private let bound = Mutex<(port: Int, waiting: [EventLoopPromise<Int>])>((0, []))

    /// How often a port that is still taken is tried, and how long between two tries.
    private static let bindAttempts = 100
    private static let bindPause = Duration.milliseconds(50)

    init(options: SimulatorOptions) throws(SimulatorLog.LogError) {
        self.options = options
        let log = try SimulatorLog(path: options.logPath)
        lab = Lab(options: options, log: log, eventLoop: MultiThreadedEventLoopGroup.singleton.any())
        (outages, orderOutage) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1))
    }

    /// Serves. The port is bound anew after each outage.
    func run() async throws {
        var iterator = outages.makeAsyncIterator()
        while !Task.isCancelled {
            let server = Task { try await self.serve() }
            let outage: ControlRouter.Outage? = await withTaskCancellationHandler {
                await withTaskGroup(of: ControlRouter.Outage?.self) { _ in await iterator.next() }
            } onCancel: {
                server.cancel()
            }
            connections.dropAll()
            server.cancel()
            let result = await server.result
            guard let outage, !Task.isCancelled else {
                if case .failure(let error) = result, !Task.isCancelled { throw error }
                return
            }
            connections.dropAll()
            if outage.keep == false { lab.wipe() }
            try await Task.sleep(for: .milliseconds(min(max(0, outage.downMilliseconds ?? 0), 3_600_000)))
        }
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

    private func serve() async throws {
        for attempt in 1... {
            do {
                return try await application.run()
            } catch let error as IOError where error.errnoCode == EADDRINUSE && attempt < Self.bindAttempts {
                try await Task.sleep(for: Self.bindPause)
            }
        }
    }

    private var application: Application<LabResponder> {
        let rest = RestRouter(lab: lab)
        let order = orderOutage
        let control = ControlRouter(lab: lab, faults: faults, counts: counts) { order.yield($0) }
        var logger = Logger(label: "muster.labsim")
        logger.logLevel = .warning
        let registry = connections
        let known = bound.withLock { $0.port }
        return Application(
            responder: LabResponder(rest: rest, control: control, faults: faults, counts: counts, log: lab.log),
            server: .http1(
                configuration: HTTP1Channel.Configuration(
                    additionalChannelHandlers: [ConnectionRegistry.Handler(registry)],
                    idleTimeout: .milliseconds(Int64(options.idleMilliseconds))
                )
            ),
            configuration: ApplicationConfiguration(
                address: .hostname(options.host, port: known == 0 ? options.port : known),
                serverName: "gunicorn",
                backlog: 1_024
            ),
            onServerRunning: { [weak self] channel in
                self?.isListening(on: channel.localAddress?.port ?? 0)
            },
            logger: logger
        )
    }

    private func isListening(on port: Int) {
        let waiting = bound.withLock { bound in
            bound.port = port
            defer { bound.waiting = [] }
            return bound.waiting
        }
        for promise in waiting { promise.succeed(port) }
    }
}
