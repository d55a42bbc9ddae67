// SPDX-License-Identifier: Apache-2.0

import Logging
package import ServiceLifecycle
import Synchronization

/// The services that were made of one configuration, and their run.
///
/// Every one that was made has to run, if only to be stopped: some services own what they alone can give back.
final class Generation: Sendable {
    let configuration: FleetConfiguration
    /// What has to hold for the worker to be ready.
    let checks: [HealthCheck]
    /// How many services it has.
    let size: Int

    private let logger: Logger
    private let group: ServiceGroup
    private let successors: [any Successor]
    private let run = Mutex<Task<Void, any Error>?>(nil)
    private let ending = Mutex<Result<Void, any Error>?>(nil)

    /// Those that were made, not yet running.
    ///
    /// - Parameter isFirst: Whether the process has no other. Otherwise each ``Successor`` waits for
    ///   ``takeOver()``.
    init(_ services: [any Service], of configuration: FleetConfiguration, isFirst: Bool, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        checks = services.compactMap { $0 as? any HealthReporting }.flatMap(\.healthChecks)
        size = services.count
        successors = isFirst ? [] : services.compactMap { $0 as? any Successor }
        let begun = isFirst ? services : services.filter { !($0 is any Successor) }
        var group = ServiceGroupConfiguration(services: begun.map(Self.named), logger: logger)
        group.maximumGracefulShutdownDuration = configuration.shutdownGrace
        // When it is over, the process ends, although it may have a successor by then. A statement that hangs, a commit and
        // the pool together take no longer.
        group.maximumCancellationDuration = .seconds(90)
        self.group = ServiceGroup(configuration: group)
    }

    /// The type's name, since a service's own description may be long and is nobody's promise to hide secrets.
    private static func named(_ service: any Service) -> ServiceGroupConfiguration.ServiceConfiguration {
        ServiceGroupConfiguration.ServiceConfiguration(
            service: service,
            failureTerminationBehavior: service is any EndsGracefully ? .gracefullyShutdownGroup : .cancelGroup,
            serviceName: "\(type(of: service))"
        )
    }

    /// Starts it. `onEnd` is called when all of its services have ended.
    func start(onEnd: @escaping @Sendable () -> Void) {
        run.withLock { run in
            run = Task {
                let outcome: Result<Void, any Error>
                do {
                    try await group.run()
                    outcome = .success(())
                } catch {
                    outcome = .failure(error)
                }
                ending.withLock { $0 = outcome }
                onEnd()
                try outcome.get()
            }
        }
    }

    /// Starts what could not run beside the generation before.
    func takeOver() async {
        for service in successors { await group.addServiceUnlessShutdown(Self.named(service)) }
    }

    /// Asks the services to end what they have in hand.
    func stop() async { await group.triggerGracefulShutdown() }

    /// Ends it at once.
    func cancel() { run.withLock { $0 }?.cancel() }

    /// How it has ended; nil while it runs.
    var outcome: Result<Void, any Error>? { ending.withLock { $0 } }

    /// Waits for its end.
    ///
    /// - Throws: what a service threw, or `ServiceGroupError` when one ended unasked.
    func end() async throws { try await run.withLock { $0 }?.value }

    /// The checks that do not hold. That is not logged: what has just been started is not ready yet.
    func failingChecks() async -> [String] {
        var quiet = logger
        quiet.logLevel = .critical
        return await checks.failing(logger: quiet)
    }
}

/// A service that can't run beside the one that it follows, such as one that listens at the same address. When a worker takes
/// up another configuration, it starts as soon as the other was told to stop, so it has to wait a moment for its place.
package protocol Successor: Service {}
