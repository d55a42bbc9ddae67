// SPDX-License-Identifier: Apache-2.0

import Foundation
import Postgres
import Synchronization
import Testing

/// A server of its own, to be restarted while it is at work. Needs PostgreSQL's programs, as Debian or the path has them.
@Suite("A restarted server", .timeLimit(.minutes(10)))
struct RestartTests {
    private struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    private final class Server: Sendable {
        let folder: URL
        private let reserved: ReservedPort
        private let programs: String
        private let process = Mutex<Process?>(nil)

        init() throws {
            let candidates =
                (11...20).reversed().map { "/usr/lib/postgresql/\($0)/bin" } + ["/usr/local/bin", "/usr/bin"]
            guard
                let programs = candidates.first(where: {
                    FileManager.default.isExecutableFile(atPath: "\($0)/postgres")
                })
            else { throw Failure(description: "no postgres found: this test starts a server of its own") }
            self.programs = programs
            reserved = try ReservedPort()
            folder = URL(fileURLWithPath: "/tmp/postgres-restart-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            if getuid() == 0 { try Self.finish(Self.run("/bin/chown", ["nobody", folder.path])) }
            let options = ["-D", "\(folder.path)/data", "-U", "tester", "-A", "trust", "-E", "UTF8", "--no-sync"]
            try Self.finish(run("initdb", options))
        }

        var port: Int { reserved.number }

        /// The server itself, not `pg_ctl`: a daemon keeps the descriptor open that `Process` waits for.
        func start() throws {
            let settings = [
                "port=\(port)", "listen_addresses=127.0.0.1", "unix_socket_directories=\(folder.path)", "fsync=off",
            ]
            let started = try run("postgres", ["-D", "\(folder.path)/data"] + settings.flatMap { ["-c", $0] })
            process.withLock { $0 = started }
        }

        /// The fast way: the server ends all connections.
        func stop() {
            process.withLock { process in
                process?.interrupt()
                process?.waitUntilExit()
                process = nil
            }
        }

        func remove() {
            stop()
            try? FileManager.default.removeItem(at: folder)
        }

        /// PostgreSQL refuses to run as root.
        private func run(_ program: String, _ arguments: [String]) throws -> Process {
            let path = "\(programs)/\(program)"
            guard getuid() == 0 else { return try Self.run(path, arguments) }
            let identity = ["--reuid=nobody", "--regid=nogroup", "--clear-groups", path]
            return try Self.run("/usr/bin/setpriv", identity + arguments)
        }

        private static func run(_ path: String, _ arguments: [String]) throws -> Process {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: path)
            process.arguments = arguments
            process.currentDirectoryURL = URL(fileURLWithPath: "/tmp")
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            return process
        }

        private static func finish(_ process: Process) throws {
            process.waitUntilExit()
            guard process.terminationStatus == 0 else { throw Failure(description: "a program of PostgreSQL failed") }
        }
    }

    /// `Process` blocks; Swift's own threads are for the client.
    private func outside<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result { try body() }) }
        }
    }

    @Test("workers whose transactions may be repeated never notice, and nothing is lost or done twice")
    func restart() async throws {
        let server = try await outside { try Server() }
        let outcome: Result<Void, any Error>
        do {
            try await outside { try server.start() }
            try await work(server)
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        try await outside { server.remove() }
        try outcome.get()
    }

    private func work(_ server: Server) async throws {
        var configuration = PostgresConfiguration(
            host: "127.0.0.1",
            port: server.port,
            database: "postgres",
            user: "tester"
        )
        // How long the server takes to come back is the machine's affair; the limit is that of the test.
        configuration.maximumAttempts = 10_000
        configuration.pool.maximumConnections = 4
        try await PostgresClient.withClient(configuration: configuration, logger: TestDatabase.logger) { client in
            try await client.execute("create table done (worker int, step int, primary key (worker, step))")
            let steps = Counter()
            try await withThrowingTaskGroup { group in
                for worker in 0..<8 {
                    group.addTask {
                        for step in 0..<100 {
                            try await client.withTransaction(idempotent: true) { transaction in
                                let insert: PostgresStatement =
                                    "insert into done values (\(worker), \(step)) on conflict do nothing"
                                try transaction.execute(insert)
                            }
                            steps.increment()
                        }
                    }
                }
                for reached in [100, 400] {
                    try await eventually("\(reached) steps") { steps.value >= reached }
                    try await outside {
                        server.stop()
                        try server.start()
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await client.query("select count(*) from done").one().decode(Int.self) == 800)
        }
    }
}
