// SPDX-License-Identifier: Apache-2.0

public import Postgres

/// All that Muster keeps: the one place that writes SQL. Each method is one transaction that can be repeated.
///
/// The methods stand in extensions, one concern a file: `AcceptJobset`, `ClaimJob`, `FinishJobs`, …
///
/// Locks are taken in one order everywhere, so that no two transactions can wait for one another:
/// lab jobs, then jobsets by id, then jobs, then attempts.
public struct FleetStore: Sendable {
    /// The pool that the statements run on.
    public let client: PostgresClient

    /// A store over `client`, whose `run()` is somebody else's to call.
    public init(client: PostgresClient) {
        self.client = client
    }
}

extension PostgresTransaction {
    /// Has the statements from here on take as long as what is theirs takes: their work grows with a jobset, of which
    /// nobody has said how large it may be. It is below the 30 minutes after which a broker takes a message back.
    func allowForSize() throws {
        try setStatementTimeout(.seconds(1_200))
    }
}

extension Duration {
    /// The longest that a row is believed of how long something lasts: a century.
    private static let longest = 3_155_760_000.0

    /// From SQL's `extract(epoch from …)`. A time that somebody set by hand may be infinite, and a duration can't be.
    init(databaseSeconds seconds: Double) {
        self = .seconds(seconds.isNaN ? 0 : min(max(seconds, -Self.longest), Self.longest))
    }

    /// As SQL's `make_interval(secs => …)` takes it.
    var seconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
