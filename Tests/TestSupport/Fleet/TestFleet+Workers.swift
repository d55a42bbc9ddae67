// SPDX-License-Identifier: Apache-2.0

package import Fleet

extension TestFleet {
    /// The workers that are programs of their own.
    package enum Role: String, CaseIterable, Sendable {
        case ingest, submitter, watcher, notifier
    }

    /// Starts one worker, perhaps with a fault point at which it dies, or with a mistake built in.
    @discardableResult
    package func start(_ role: Role, fault: String? = nil, mutant: Mutant? = nil) throws -> TestProcess {
        var environment: [String: String] = [:]
        environment["MUSTER_FAULT"] = fault
        environment["MUSTER_MUTANT"] = mutant?.rawValue
        return try launch("muster-\(role.rawValue)", as: role, environment: environment)
    }

    /// Starts a program of this fleet.
    package func launch(
        _ program: String,
        as role: Role? = nil,
        arguments: [String] = [],
        environment: [String: String] = [:]
    ) throws -> TestProcess {
        let all = self.environment.merging(environment) { $1 }
        return try processes.start(program, as: role, arguments, environment: all)
    }

    /// Starts one of each role, or as many as said.
    package func startAll(_ count: Int = 1, mutant: Mutant? = nil) throws {
        for role in Role.allCases { for _ in 0..<count { try start(role, mutant: mutant) } }
    }

    /// Asks every worker to end, as a person would, and waits until they have.
    package func stopAll() async throws {
        let workers = processes.all.filter { $0.role != nil }.map(\.process)
        for worker in workers { worker.terminate() }
        for worker in workers { try await worker.waitUntilExit() }
    }

    /// The workers of a role that run.
    package func running(_ role: Role) -> [TestProcess] {
        processes.all.filter { $0.role == role && $0.process.isRunning }.map(\.process)
    }

    /// All workers that run.
    package var running: [TestProcess] {
        processes.all.filter { $0.role != nil && $0.process.isRunning }.map(\.process)
    }

    /// The process of a simulated lab.
    package func process(of lab: String) -> TestProcess? {
        processes.all.first { $0.role == nil && $0.process.name == lab }?.process
    }
}
