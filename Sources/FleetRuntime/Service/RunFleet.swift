// SPDX-License-Identifier: Apache-2.0

package import Logging
package import ServiceLifecycle

/// Runs the services of one worker until it is told to stop.
///
/// SIGTERM or SIGINT stops them in turn, the last of the list first; all of them together have
/// `configuration.shutdownGrace`, then what is left is cancelled. A second signal cancels at once. A service that
/// ends by itself is a failure and takes the others down with it; one that ``EndsGracefully`` has them stop in turn. When
/// `metrics.listen` is set, health and metrics are served beside them; services that are ``HealthReporting`` say whether the
/// worker is ready. With `reloading`, other services take their place when the configuration has changed
/// (``Generations``).
///
/// - Parameters:
///   - name: What the worker is called, for example `muster-ingest`.
///   - configuration: Where health and metrics are served, and how long a stop may take.
///   - services: In the order of dependency: connections first, what uses them after.
///   - logger: Where each stage is logged.
///   - manager: Who is told that the worker has started, is alive, and stops.
///   - liveness: The loops that have to turn for the worker to be alive.
///   - reloading: How it takes up another configuration; nil: it does not.
/// - Throws: What a service threw, or `ServiceGroupError` when one ended unasked.
package func runFleet(
    name: String,
    configuration: FleetConfiguration,
    services: [any Service],
    logger: Logger,
    manager: ServiceManager = .ofProcess,
    liveness: Liveness = .ofProcess,
    reloading: Reloading? = nil
) async throws {
    let first = Generation(services, of: configuration, isFirst: true, logger: logger)
    let generations = Generations(first, name: name, reloading: reloading, manager: manager, logger: logger)
    var probes: [any Service] = []
    if manager.isListening { probes.append(Watchdog(manager: manager, liveness: liveness, logger: logger)) }
    if let address = configuration.metrics.address {
        let server = HealthServer(
            address: address,
            checks: generations.checks,
            liveness: liveness,
            registry: .bootstrapped,
            logger: logger
        )
        probes.append(server)
    }
    logger.info("starting", [.worker: "\(name)", .services: "\(first.size)"])
    do {
        try await run(generations, beside: probes, untilSignalled: logger, manager)
        logger.info("stopped", [.worker: "\(name)"])
    } catch {
        logger.error("stopped by an error", [.worker: "\(name)", .error: "\(error)"])
        throw error
    }
}

/// Runs `generations`; the first signal asks them to stop, the second cancels them.
private func run(
    _ generations: Generations,
    beside probes: [any Service],
    untilSignalled logger: Logger,
    _ manager: ServiceManager
) async throws {
    let signals = await StopSignals.trapped()
    try await withThrowingTaskGroup(of: Bool.self) { tasks in
        tasks.addTask {
            try await run(generations, beside: probes, logger)
            return true
        }
        tasks.addTask {
            var isStopping = false
            for await signal in signals {
                if isStopping {
                    logger.warning("canceling what is left", [.signal: "\(signal)"])
                    return false
                }
                isStopping = true
                logger.info("stopping", [.signal: "\(signal)"])
                manager.tell(.stopping, .status("stopping"))
                await generations.stop()
            }
            return false
        }
        let haveEnded = try await tasks.next() ?? true
        tasks.cancelAll()
        guard !haveEnded else { return }
        do {
            _ = try await tasks.next()
        } catch is CancellationError {
            // That is what the second signal asked for.
        }
    }
}

/// Runs `generations`, and what tells of them for as long as that takes.
private func run(_ generations: Generations, beside probes: [any Service], _ logger: Logger) async throws {
    var configuration = ServiceGroupConfiguration(services: probes.map { .init(service: $0) }, logger: logger)
    // Somebody who reads metrics at a snail's pace does not hold up a stop.
    configuration.maximumGracefulShutdownDuration = .seconds(2)
    configuration.maximumCancellationDuration = .seconds(10)
    let group = ServiceGroup(configuration: configuration)
    try await withThrowingTaskGroup(of: Bool.self) { tasks in
        tasks.addTask {
            try await generations.run()
            return true
        }
        tasks.addTask {
            // Without any probe it would end at once.
            if !probes.isEmpty { try await group.run() }
            return false
        }
        while let isTheWorker = try await tasks.next() {
            guard isTheWorker else { continue }
            await group.triggerGracefulShutdown()
            // The worker has ended well, whatever becomes of those that told of it.
            _ = try? await tasks.next()
            return
        }
    }
}

/// A failure that may be one that starting again does not help. The worker then ends with the exit status of a configuration
/// that isn't valid, 78, which systemd is told to leave alone (`RestartPreventExitStatus`).
package protocol LastingFailure: Error {
    /// Whether starting the same program again would fail in the same way.
    var isLasting: Bool { get }
}

/// A service whose failure lets the others end their work, as a stop that was asked for does.
package protocol EndsGracefully: Service {}

extension ConfigurationFaults: LastingFailure {
    /// A start with the same configuration ends alike.
    package var isLasting: Bool { true }
}
