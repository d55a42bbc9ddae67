// SPDX-License-Identifier: Apache-2.0

import Glibc
import Logging
import ServiceLifecycle
import Synchronization
import Testing

@testable import FleetRuntime

/// Signals go to the whole process, so these tests go one by one.
@Suite("Running the services of a worker", .serialized, .timeLimit(.minutes(10)))
struct RunFleetTests {
    /// Notes in one list when each service starts and stops.
    final class Journal: Sendable {
        private let entries = Mutex<[String]>([])
        let started: AsyncStream<Void>
        private let start: AsyncStream<Void>.Continuation

        init() {
            (started, start) = AsyncStream.makeStream()
        }

        func note(_ entry: String) {
            entries.withLock { $0.append(entry) }
            if entry.hasSuffix("started") { start.yield() }
        }

        var all: [String] { entries.withLock { $0 } }
    }

    struct Patient: Service {
        let name: String
        let journal: Journal

        func run() async throws {
            journal.note("\(name) started")
            try await gracefulShutdown()
            journal.note("\(name) stopped")
        }
    }

    struct Stubborn: Service {
        let journal: Journal

        func run() async throws {
            journal.note("stubborn started")
            do {
                try await Task.sleep(for: .seconds(3_600))
            } catch {
                journal.note("stubborn cancelled")
                throw error
            }
        }
    }

    struct Failing: Service {
        struct Broken: Error {}

        func run() async throws { throw Broken() }
    }

    private func configuration(grace: String = "30") throws -> FleetConfiguration {
        try FleetConfiguration.load(
            text: ConfigurationLoadingTests.smallest,
            environment: ["MUSTER_SHUTDOWN_GRACE_SECONDS": grace]
        )
    }

    private var quiet: Logger {
        Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    }

    @Test("SIGTERM stops the services, the last first")
    func order() async throws {
        let journal = Journal()
        let configuration = try configuration()
        let services: [any Service] = [Patient(name: "a", journal: journal), Patient(name: "b", journal: journal)]
        async let run: Void = runFleet(name: "t", configuration: configuration, services: services, logger: quiet)
        var started = journal.started.makeAsyncIterator()
        _ = await (started.next(), started.next())
        kill(getpid(), SIGTERM)
        try await run
        #expect(journal.all.suffix(2) == ["b stopped", "a stopped"])
    }

    @Test("What doesn't stop within the grace is cancelled")
    func grace() async throws {
        let journal = Journal()
        let configuration = try configuration(grace: "0.1")
        async let run: Void = runFleet(
            name: "t",
            configuration: configuration,
            services: [Stubborn(journal: journal)],
            logger: quiet
        )
        var started = journal.started.makeAsyncIterator()
        _ = await started.next()
        kill(getpid(), SIGINT)
        _ = try? await run
        #expect(journal.all == ["stubborn started", "stubborn cancelled"])
    }

    @Test("A second signal cancels at once")
    func secondSignal() async throws {
        let journal = Journal()
        let (stopping, seen) = AsyncStream.makeStream(of: Void.self)
        let logger = Logger(label: "test") { label in
            LineLogHandler(label: label, format: .text, sink: LineSink { if $0.contains("stopping") { seen.yield() } })
        }
        let configuration = try configuration(grace: "3600")
        async let run: Void = runFleet(
            name: "t",
            configuration: configuration,
            services: [Stubborn(journal: journal)],
            logger: logger
        )
        var started = journal.started.makeAsyncIterator()
        _ = await started.next()
        kill(getpid(), SIGTERM)
        _ = await stopping.first { _ in true }
        kill(getpid(), SIGTERM)
        try await run
        #expect(journal.all == ["stubborn started", "stubborn cancelled"])
    }

    @Test("A service that fails ends the worker with its error")
    func failure() async throws {
        let configuration = try configuration()
        await #expect(throws: Failing.Broken.self) {
            try await runFleet(
                name: "t",
                configuration: configuration,
                services: [Patient(name: "a", journal: Journal()), Failing()],
                logger: quiet
            )
        }
    }

    @Test("The service manager is told of the start and of the stop")
    func notified() async throws {
        let listener = try NotifySocket()
        let configuration = try configuration()
        let manager = ServiceManager(environment: ["NOTIFY_SOCKET": listener.path])
        async let run: Void = runFleet(
            name: "t",
            configuration: configuration,
            services: [Patient(name: "a", journal: Journal())],
            logger: quiet,
            manager: manager,
            liveness: Liveness()
        )
        try await listener.wait(for: "READY=1")
        kill(getpid(), SIGTERM)
        try await run
        #expect(listener.messages().contains("STOPPING=1"))
    }
}
