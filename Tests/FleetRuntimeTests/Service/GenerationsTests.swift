// SPDX-License-Identifier: Apache-2.0

import Logging
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

@testable import FleetRuntime

@Suite("Services of another configuration", .timeLimit(.minutes(5)))
struct GenerationsTests {
    /// Lines, as they come.
    final class Lines: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func add(_ line: String) { lines.withLock { $0.append(line) } }
        func has(_ part: String) -> Bool { all.contains { $0.contains(part) } }
    }

    /// A service, called after the configuration that it is made of.
    struct Noted: Service, HealthReporting {
        let name: String
        let journal: Lines
        var isReady = true

        func run() async throws {
            journal.add("\(name) started")
            try? await gracefulShutdown()
            journal.add("\(name) stopped")
        }

        var healthChecks: [HealthCheck] {
            [HealthCheck("check of \(name)") { if !isReady || !journal.has("\(name) started") { throw Broken() } }]
        }
    }

    struct Listening: Successor {
        let name: String
        let journal: Lines

        func run() async throws {
            journal.add("\(name) listens")
            try? await gracefulShutdown()
            journal.add("\(name) hangs up")
        }
    }

    struct Failing: Service {
        func run() async throws { throw Broken() }
    }

    struct Broken: Error {}

    /// A worker in this process that can be asked for another configuration.
    struct Worker: Sendable {
        /// What its services have done.
        let journal = Lines()
        let log = Lines()
        let generations: Generations
        private let requests: AsyncStream<Void>.Continuation
        private let configuration: Configuration

        private final class Configuration: Sendable {
            let found = Mutex<Result<FleetConfiguration, ConfigurationFaults>?>(nil)
        }

        /// - Parameter make: The services of the configuration that has this prefix of queues.
        init(
            readyLimit: Duration = patience,
            make: @escaping @Sendable (_ name: String, _ journal: Lines) async throws -> [any Service]
        ) async throws {
            let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
            let (journal, log, found) = (journal, log, Configuration())
            (requests, configuration) = (continuation, found)
            let logger = Logger(label: "t") { label in
                LineLogHandler(label: label, format: .text, sink: LineSink { log.add($0) })
            }
            let first = try Self.configuration("first")
            let services = try await make("first", journal)
            generations = Generations(
                Generation(services, of: first, isFirst: true, logger: logger),
                name: "t",
                reloading: Reloading(
                    requests: stream,
                    read: { () throws(ConfigurationFaults) in
                        guard let found = found.found.withLock({ $0 }) else { return first }
                        return try found.get()
                    },
                    make: { configuration, _ in try await make(configuration.broker.prefix, journal) },
                    readyLimit: readyLimit
                ),
                manager: ServiceManager(environment: [:]),
                logger: logger
            )
        }

        private static func configuration(_ name: String) throws -> FleetConfiguration {
            try FleetConfiguration.load(
                text: ConfigurationLoadingTests.smallest,
                environment: ["MUSTER_BROKER_PREFIX": name, "MUSTER_LOG_LEVEL": "critical"]
            )
        }

        /// Asks for the configuration of this name.
        func reload(_ name: String) throws {
            let next = try Self.configuration(name)
            configuration.found.withLock { $0 = .success(next) }
            requests.yield()
        }

        /// Asks for one that has faults.
        func reload(_ faults: [ConfigurationFault]) {
            configuration.found.withLock { $0 = .failure(ConfigurationFaults(faults)) }
            requests.yield()
        }

        /// Runs it for as long as `body` takes, and stops it then.
        func run(_ body: () async throws -> Void) async throws {
            async let end: Void = generations.run()
            do {
                try await body()
            } catch {
                await generations.stop()
                throw error
            }
            await generations.stop()
            try await end
        }

        func wait(for line: String) async throws {
            try await eventually("\(line), after \(journal.all) and \(log.all)") { journal.has(line) || log.has(line) }
        }
    }

    @Test("The new ones are started before the old ones stop, and what can't run twice after that")
    func order() async throws {
        let worker = try await Worker { name, journal in
            [Noted(name: name, journal: journal), Listening(name: name, journal: journal)]
        }
        try await worker.run {
            try await worker.wait(for: "first listens")
            try worker.reload("second")
            try await worker.wait(for: "the new configuration is in force")
            #expect(worker.log.has("keys=broker.prefix"))
            let all = worker.journal.all
            let places = ["first started", "second started", "first stopped"].compactMap(all.firstIndex)
            #expect(places.count == 3)
            #expect(places == places.sorted())
            try await worker.wait(for: "second listens")
            #expect(worker.generations.checks.map(\.name) == ["check of second"])
        }
        #expect(worker.journal.all.suffix(2) == ["second hangs up", "second stopped"])
    }

    @Test("Faults are logged by key, and nothing is started")
    func refused() async throws {
        let worker = try await Worker { name, journal in [Noted(name: name, journal: journal)] }
        try await worker.run {
            try await worker.wait(for: "first started")
            worker.reload([ConfigurationFault(key: "broker.url", source: "muster.yaml:7", reason: "is wrong")])
            try await worker.wait(for: "the configuration is refused")
            #expect(worker.log.has(#"error="muster.yaml:7: broker.url is wrong" key=broker.url"#))
            #expect(worker.journal.all == ["first started"])
        }
    }

    @Test(
        "Those that can't be made, fail, or don't become ready are stopped, and the old ones go on",
        arguments: ["make", "run", "ready"]
    )
    func setback(_ what: String) async throws {
        let worker = try await Worker(readyLimit: .milliseconds(300)) { name, journal in
            guard name == "second" else { return [Noted(name: name, journal: journal)] }
            if what == "make" { throw Broken() }
            let second = Noted(name: name, journal: journal, isReady: what == "make")
            return what == "run" ? [second, Failing()] : [second]
        }
        try await worker.run {
            try await worker.wait(for: "first started")
            try worker.reload("second")
            try await worker.wait(for: "the configuration can't be taken up")
            if what == "ready" {
                #expect(worker.log.has("check of second"))
                #expect(worker.journal.all == ["first started", "second started", "second stopped"])
            }
            #expect(!worker.journal.has("first stopped"))
            try worker.reload("third")
            try await worker.wait(for: "the new configuration is in force")
        }
        #expect(worker.journal.all.suffix(3) == ["third started", "first stopped", "third stopped"])
    }

    @Test("New ones need not be more ready than the old ones are")
    func bothUnready() async throws {
        let worker = try await Worker(readyLimit: .milliseconds(300)) { name, journal in
            [Noted(name: name, journal: journal, isReady: false)]
        }
        try await worker.run {
            try await worker.wait(for: "first started")
            try worker.reload("second")
            try await worker.wait(for: "the new configuration is in force")
        }
    }

    @Test("A stop does not wait for services that are being made, nor for those that are not ready")
    func stopMeanwhile() async throws {
        for isMade in [true, false] {
            let worker = try await Worker { name, journal in
                if name == "second", !isMade {
                    journal.add("second is being made")
                    try await Task.sleep(for: .seconds(3_600))
                }
                return [Noted(name: name, journal: journal, isReady: name == "first")]
            }
            try await worker.run {
                try await worker.wait(for: "first started")
                try worker.reload("second")
                try await worker.wait(for: isMade ? "second started" : "second is being made")
            }
            #expect(worker.journal.has("first stopped"))
            #expect(worker.journal.has("second stopped") == isMade)
        }
    }

    @Test("A service that fails later ends the worker, whichever configuration it is of")
    func failure() async throws {
        let worker = try await Worker { name, journal in
            name == "first" ? [Noted(name: name, journal: journal)] : [Noted(name: name, journal: journal), Doomed()]
        }
        let end = Task { try await worker.generations.run() }
        try await worker.wait(for: "first started")
        try worker.reload("second")
        try await worker.wait(for: "the new configuration is in force")
        Doomed.fails.continuation.finish()
        await #expect(throws: Broken.self) { try await end.value }
    }

    struct Doomed: Service {
        static let fails = AsyncStream.makeStream(of: Void.self)

        func run() async throws {
            for await _ in Self.fails.stream {}
            throw Broken()
        }
    }
}
