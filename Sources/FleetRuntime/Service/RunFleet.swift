// SPDX-License-Identifier: Apache-2.0

package import Logging
package import ServiceLifecycle

/// Runs the services of one worker until it is told to stop.
///
/// SIGTERM or SIGINT stops them in turn, the last of the list first; all of them together have
/// `configuration.shutdownGrace`, then what is left is cancelled. A second signal cancels at once. A service that
/// ends by itself is a failure and takes the others down with it; one that ``EndsGracefully`` has them stop in turn. When `metrics.listen` is set, health and metrics
/// are served beside them; services that are ``HealthReporting`` say whether the worker is ready.
///
/// - Parameters:
///   - name: What the worker is called, for example `muster-ingest`.
///   - configuration: Where health and metrics are served, and how long a stop may take.
///   - services: In the order of dependency: connections first, what uses them after.
///   - logger: Where each stage is logged.
///   - manager: Who is told that the worker has started, is alive, and stops.
///   - liveness: The loops that have to turn for the worker to be alive.
/// - Throws: What a service threw, or `ServiceGroupError` when one ended unasked.
package func runFleet(
    name: String,
    configuration: FleetConfiguration,
    services: [any Service],
    logger: Logger,
    manager: ServiceManager = .ofProcess,
    liveness: Liveness = .ofProcess
) async throws {
    var all = services
    if let address = configuration.metrics.address {
        let checks = services.compactMap { $0 as? any HealthReporting }.flatMap(\.healthChecks)
        let server = HealthServer(
            address: address,
            checks: checks,
            liveness: liveness,
            registry: .bootstrapped,
            logger: logger
        )
        all.insert(server, at: 0)
    }
    if manager.isListening { all.insert(Watchdog(manager: manager, liveness: liveness, logger: logger), at: 0) }
    // The type's name, since a service's own description may be long and is nobody's promise to hide secrets.
    let named = all.map { service in
        ServiceGroupConfiguration.ServiceConfiguration(
            service: service,
            failureTerminationBehavior: service is any EndsGracefully ? .gracefullyShutdownGroup : .cancelGroup,
            serviceName: "\(type(of: service))"
        )
    }
    var group = ServiceGroupConfiguration(services: named, logger: logger)
    group.maximumGracefulShutdownDuration = configuration.shutdownGrace
    group.maximumCancellationDuration = .seconds(10)

    logger.info("starting", [.worker: "\(name)", .services: "\(services.count)"])
    do {
        try await run(ServiceGroup(configuration: group), untilSignalled: logger, manager)
        logger.info("stopped", [.worker: "\(name)"])
    } catch {
        logger.error("stopped by an error", [.worker: "\(name)", .error: "\(error)"])
        throw error
    }
}

/// Runs `group`; the first signal asks it to stop, the second cancels it.
private func run(
    _ group: ServiceGroup,
    untilSignalled logger: Logger,
    _ manager: ServiceManager
) async throws {
    let signals = await StopSignals.trapped()
    try await withThrowingTaskGroup(of: Bool.self) { tasks in
        tasks.addTask {
            try await group.run()
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
                await group.triggerGracefulShutdown()
            }
            return false
        }
        let groupEnded = try await tasks.next() ?? true
        tasks.cancelAll()
        guard !groupEnded else { return }
        do {
            _ = try await tasks.next()
        } catch is CancellationError {
            // That is what the second signal asked for.
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
