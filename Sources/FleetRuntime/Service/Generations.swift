// SPDX-License-Identifier: Apache-2.0

import Deadlines
import Logging
import ServiceLifecycle
import Synchronization

/// How a worker takes up another configuration while it runs.
package struct Reloading: Sendable {
    /// Somebody asks for it.
    let requests: AsyncStream<Void>
    /// Reads the configuration and checks it, as a start does.
    let read: @Sendable () throws(ConfigurationFaults) -> FleetConfiguration
    /// Makes the services of a configuration.
    let make: WorkerMain.ServiceMaker
    /// How long they may take to become ready.
    let readyLimit: Duration

    package init(
        requests: AsyncStream<Void>,
        read: @escaping @Sendable () throws(ConfigurationFaults) -> FleetConfiguration,
        make: @escaping WorkerMain.ServiceMaker,
        readyLimit: Duration = .seconds(30)
    ) {
        self.requests = requests
        self.read = read
        self.make = make
        self.readyLimit = readyLimit
    }
}

/// Runs the services of a worker, and other ones in their place when the configuration has changed.
///
/// The new ones are started beside the old ones, as a second worker of the same role would be, and take over once they are
/// ready; then the old ones end what they have in hand. If the new ones can't be made or don't become ready, nothing has
/// changed.
final class Generations: Sendable {
    private struct State {
        var current: Generation
        /// What is being started in its place, or ends because this one has taken its place.
        var other: Generation?
        /// Makes what is to be started.
        var making: Task<[any Service]?, any Error>?
        var isAsked = false
        var isStopping = false
    }

    private enum Event: Sendable {
        case asked
        case ended(Generation)
    }

    /// Why a configuration is not taken up.
    private struct Setback: Error, CustomStringConvertible {
        let description: String
    }

    /// How long services may take to be made: longer than a database may take to answer.
    private static let makeLimit: Duration = .seconds(60)
    /// The most keys that are named in one line of the log.
    private static let maximumNamedKeys = 50

    private let name: String
    private let reloading: Reloading?
    private let manager: ServiceManager
    private let logger: Logger
    private let state: Mutex<State>

    init(_ first: Generation, name: String, reloading: Reloading?, manager: ServiceManager, logger: Logger) {
        self.name = name
        self.reloading = reloading
        self.manager = manager
        self.logger = logger
        state = Mutex(State(current: first))
    }

    /// What has to hold for the worker to be ready.
    var checks: [HealthCheck] { current.checks }

    private var current: Generation { state.withLock(\.current) }
    private var isStopping: Bool { state.withLock(\.isStopping) }

    /// Runs until ``stop()``, or until services end by themselves.
    ///
    /// - Throws: what a service threw, or `ServiceGroupError` when one ended unasked.
    func run() async throws {
        let (events, tell) = AsyncStream.makeStream(of: Event.self)
        let first = current
        first.start { tell.yield(.ended(first)) }
        let listening = Task {
            guard let reloading else { return }
            for await _ in reloading.requests {
                let isNew = state.withLock { state in
                    defer { state.isAsked = true }
                    return !state.isAsked
                }
                if isNew { tell.yield(.asked) }
            }
        }
        defer { listening.cancel() }
        try await withTaskCancellationHandler {
            for await event in events {
                switch event {
                case .asked:
                    // What is asked for from now on may find another file.
                    state.withLock { $0.isAsked = false }
                    await takeUp { generation in tell.yield(.ended(generation)) }
                case .ended(let generation):
                    if generation === current { return try await generation.end() }
                }
            }
            try await current.end()
        } onCancel: {
            let all = state.withLock(\.self)
            all.making?.cancel()
            all.other?.cancel()
            all.current.cancel()
        }
    }

    /// Has all that runs end what it has in hand.
    func stop() async {
        let all = state.withLock { state in
            state.isStopping = true
            return state
        }
        all.making?.cancel()
        await all.other?.stop()
        await all.current.stop()
    }

    // MARK: Another configuration

    /// Takes up what the configuration says now, if it can be used.
    private func takeUp(onEnd: @escaping @Sendable (Generation) -> Void) async {
        guard let reloading, !isStopping else { return }
        manager.tell(.reloading, .status("reading the configuration again"))
        defer { if !isStopping { manager.tell(.ready, .status("running")) } }
        let old = current
        do {
            let configuration = try read(reloading, after: old.configuration)
            let next = try await made(of: configuration, reloading)
            try await start(next, beside: old, within: reloading.readyLimit, onEnd)
            await replace(old, by: next)
            // One that has ended meanwhile is the worker's end, and told as that.
            guard next.outcome == nil else { return }
            FleetMetric.reloads.increment([.outcome: "taken"])
            logger.notice("the new configuration is in force", [.worker: "\(name)"])
        } catch let faults as ConfigurationFaults {
            for fault in faults.faults {
                logger.error("the configuration has a fault", [.key: "\(fault.key)", .error: "\(fault)"])
            }
            FleetMetric.reloads.increment([.outcome: "refused"])
            logger.error(
                "the configuration is refused, and the one before stays in force",
                [.worker: "\(name)", .faults: "\(faults.faults.count)"]
            )
        } catch {
            guard !isStopping else { return }
            FleetMetric.reloads.increment([.outcome: "failed"])
            logger.error(
                "the configuration can't be taken up, and the one before stays in force",
                [.worker: "\(name)", .error: "\(error)"]
            )
        }
    }

    /// The configuration as it is now, with what can't change as it was. Says what has changed.
    private func read(_ reloading: Reloading, after old: FleetConfiguration) throws -> FleetConfiguration {
        let found = try reloading.read()
        let (configuration, kept) = found.succeeding(old)
        for warning in configuration.warnings {
            logger.warning("the configuration has a weakness", [.warning: "\(warning)"])
        }
        let changed = configuration.changedKeys(since: old)
        let more = changed.count - Self.maximumNamedKeys
        let names = changed.prefix(Self.maximumNamedKeys).joined(separator: ", ")
        logger.notice(
            "read the configuration again",
            [.worker: "\(name)", .count: "\(changed.count)", .keys: "\(names)\(more > 0 ? " and \(more) more" : "")"]
        )
        if !kept.isEmpty {
            logger.warning(
                "these keys have changed and stay as they were until the worker is restarted",
                [.worker: "\(name)", .keys: "\(kept.joined(separator: ", "))"]
            )
        }
        return configuration
    }

    private func made(of configuration: FleetConfiguration, _ reloading: Reloading) async throws -> Generation {
        let logger = makeLogger(name: name, configuration.log)
        // In a task that a stop can end, since some wait for the database.
        let making = Task { try await withDeadline(Self.makeLimit) { try await reloading.make(configuration, logger) } }
        let isStopping = state.withLock { state in
            state.making = making
            return state.isStopping
        }
        if isStopping { making.cancel() }
        defer { state.withLock { $0.making = nil } }
        guard let services = try await making.value else {
            throw Setback(description: "the database did not answer within \(Self.makeLimit)")
        }
        return Generation(services, of: configuration, isFirst: false, logger: logger)
    }

    /// Starts `next`, and waits until it is ready. If `old` is not ready either then, nothing is lost by a change.
    ///
    /// - Throws: why it is not; then it has ended.
    private func start(
        _ next: Generation,
        beside old: Generation,
        within limit: Duration,
        _ onEnd: @escaping @Sendable (Generation) -> Void
    ) async throws {
        next.start { onEnd(next) }
        let isStopping = state.withLock { state in
            state.other = next
            return state.isStopping
        }
        do {
            if isStopping { throw Setback(description: "the worker stops") }
            try await waitUntilReady(next, beside: old, within: limit)
        } catch {
            await next.stop()
            _ = try? await next.end()
            state.withLock { $0.other = nil }
            throw error
        }
    }

    private func waitUntilReady(
        _ next: Generation,
        beside old: Generation,
        within limit: Duration
    ) async throws {
        let end = ContinuousClock.now + limit
        while true {
            try next.outcome?.get()
            guard !isStopping, next.outcome == nil, old.outcome == nil else {
                throw Setback(description: "the worker stops")
            }
            let failing = await next.failingChecks()
            // One that has ended meanwhile was ready for nothing.
            if failing.isEmpty, next.outcome == nil { return }
            if ContinuousClock.now >= end {
                if await !old.failingChecks().isEmpty { return }
                throw Setback(
                    description: "not ready within \(limit): \(failing.joined(separator: ", "))"
                )
            }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    /// Has `next` do the work, and waits until `old` has ended what it had in hand. It does not wait if `next` ends before:
    /// then the worker ends, as it would at any other time.
    private func replace(_ old: Generation, by next: Generation) async {
        state.withLock { state in
            state.current = next
            state.other = old
        }
        await old.stop()
        await next.takeOver()
        while old.outcome == nil, next.outcome == nil, !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(100))
        }
        guard next.outcome == nil else { return old.cancel() }
        do {
            try await old.end()
        } catch {
            logger.warning("what ran with the configuration before did not end well", [.error: "\(error)"])
        }
        state.withLock { $0.other = nil }
        for lab in old.configuration.backends.keys where next.configuration.backends[lab] == nil {
            MetricsRegistry.bootstrapped.remove(where: (FleetMetric.Label.backend.rawValue, lab))
        }
    }
}
