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

extension Duration {
    /// As SQL's `make_interval(secs => …)` takes it.
    var seconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
