// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres

/// Waits until a jobset has ended, showing how far it is. A database that is away is asked again, not an error.
struct JobsetWait: Sendable {
    /// Where it is.
    let access: FleetAccess
    /// Which one.
    let id: UUID
    /// The limit, if a person set one: a lab may take days.
    let timeout: Seconds?

    /// How long one look may wait for a connection, so that an absence is told soon.
    private static let patience = Duration.seconds(2)

    /// The jobset at its end.
    ///
    /// - Throws: ``CommandFailure`` with status `unreachable` after the limit, `usage` when there is no such jobset.
    func run() async throws -> JobsetStatus {
        var display = ProgressDisplay()
        defer { display.close() }
        let clock = ContinuousClock()
        let start = clock.now
        return try await access.withUncheckedStore(patience: Self.patience) { store in
            var pauses = PollPauses()
            var last: JobsetStatus?
            var isSchemaKnown = false
            var isAway = false
            while true {
                let elapsed = clock.now - start
                var changed = false
                do {
                    if !isSchemaKnown { try await store.requireCurrentSchema() }
                    isSchemaKnown = true
                    guard let status = try await store.jobset(id: id) else { throw CommandFailure.noJobset(id) }
                    if isAway { display.say("the database is back") }
                    isAway = false
                    changed = status != last
                    last = status
                    display.show(status, elapsed: elapsed)
                    if status.state == .finished { return status }
                } catch let error as PostgresError where error.mayPass {
                    if !isAway { display.say("the database is away, trying again: \(error)") }
                    isAway = true
                }
                try await pause(pauses.next(afterChange: changed), elapsed: elapsed, last: last)
            }
        }
    }

    private func pause(_ pause: Duration, elapsed: Duration, last: JobsetStatus?) async throws {
        guard let timeout else { return try await Task.sleep(for: pause) }
        guard elapsed < timeout.duration else {
            let state = last.map { ProgressBar(status: $0, elapsed: elapsed).plainLine } ?? "the database was away"
            throw CommandFailure(
                .unreachable,
                "the jobset has not ended within \(timeout) s: \(state)",
                "  it goes on; `muster wait \(id.text)` waits again"
            )
        }
        try await Task.sleep(for: min(pause, timeout.duration - elapsed))
    }
}

extension PostgresError {
    /// Whether the same question may be answered later without anybody changing anything here.
    fileprivate var mayPass: Bool {
        isRetriable || isConnectionLoss || code == .poolTimeout || code == .connection
            // 57: the server is going down or coming up, 53: it has no room at present, 08: the connection broke.
            || ["08", "53", "57"].contains(sqlState?.errorClass)
    }
}
