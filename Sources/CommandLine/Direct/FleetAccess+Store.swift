// SPDX-License-Identifier: Apache-2.0

import FleetStore
import Postgres

extension FleetAccess {
    /// Lends the store, after making sure that its schema is the one this program knows.
    ///
    /// - Throws: `SchemaMismatch`, whose description says what to do; `PostgresError`.
    func withStore<Result: Sendable>(_ body: (FleetStore) async throws -> Result) async throws -> Result {
        try await withUncheckedStore { store in
            try await store.requireCurrentSchema()
            return try await body(store)
        }
    }

    /// Lends the store as it is: for `migrate`, `doctor`, and whoever checks the schema later.
    func withUncheckedStore<Result: Sendable>(
        patience: Duration = Self.patience,
        _ body: (FleetStore) async throws -> Result
    ) async throws -> Result {
        let configuration = try database(patience: patience)
        return try await PostgresClient.withClient(configuration: configuration, logger: logger) { client in
            try await body(FleetStore(client: client))
        }
    }
}
