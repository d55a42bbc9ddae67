// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetRuntime
import FleetStore
import Postgres
import Reports

/// Whether the database can be reached and has the schema that this program needs, and which labs are stopped.
struct DatabaseChecks: Sendable {
    let access: FleetAccess

    func run() async -> [Finding] {
        await reached() + [(try? access.database()).flatMap(Self.protection)].compactMap(\.self)
    }

    /// How the connection is protected, where that is worth knowing.
    static func protection(_ database: PostgresConfiguration) -> Finding? {
        database.weakness.map {
            .warning("database TLS", "the connection to \(database) \($0)", advice: PostgresConfiguration.advice)
        }
    }

    private func reached() async -> [Finding] {
        let address = (try? access.database()).map { "\($0)" } ?? "database.url"
        do {
            let failingFor = access.configuration.notifier.receiverFailing
            let (version, backends, receivers) = try await access.withUncheckedStore { store in
                let version = try await store.currentSchemaVersion()
                let isCurrent = version == FleetStore.schemaVersion
                guard isCurrent else { return (version, [BackendStatus](), [FailingReceiver]()) }
                return (
                    version, try await store.backendStatuses(),
                    try await store.failingReceivers(for: failingFor, most: 20)
                )
            }
            return [.ok("database", address), Self.schema(version)] + backends.compactMap(Self.hindered)
                + receivers.map(Self.failing)
        } catch let error as PostgresError where error.code == .authentication {
            return [.failed("database", "\(address): \(error)", advice: "correct user and password in database.url")]
        } catch {
            return [.failed("database", "\(address): \(error)", advice: "start PostgreSQL, or correct database.url")]
        }
    }

    /// What a schema of this version means.
    static func schema(_ version: Int) -> Finding {
        let wanted = FleetStore.schemaVersion
        if version == wanted { return .ok("schema", "version \(version)") }
        let mismatch = version == 0 ? "there are no tables" : "version \(version), this program needs \(wanted)"
        return .failed(
            "schema",
            mismatch,
            advice: version > wanted ? "upgrade Muster on this machine" : "run `muster migrate`"
        )
    }

    private static func failing(_ receiver: FailingReceiver) -> Finding {
        let since = "has accepted no callback since \(Timestamp.iso8601(receiver.since)) (\(receiver.failures) tries)"
        return .warning(
            "receiver \(receiver.receiver)",
            since + (receiver.lastError.map { ": \($0)" } ?? ""),
            advice:
                "tell its owner; `muster callback test URL` tests it, `muster redeliver --failed JOBSET` repeats what was given up"
        )
    }

    private static func hindered(_ backend: BackendStatus) -> Finding? {
        guard backend.state != .ok else { return nil }
        let waiting = backend.waiting == 1 ? "1 job is waiting" : "\(backend.waiting) jobs are waiting"
        return .warning(
            "backend \(backend.name)",
            "\(backend.state.rawValue), \(waiting)" + (backend.reason.map { ": \($0)" } ?? ""),
            advice: backend.state == .paused
                ? "`muster backend resume \(backend.name)` resumes it"
                : "fix the cause; the lab is tried again automatically, or at once after `muster backend resume \(backend.name)`"
        )
    }
}
