// SPDX-License-Identifier: Apache-2.0

import Postgres

/// The schema of a database.
package struct SchemaState: Sendable, Equatable {
    /// The last step that was taken; 0 where nothing has been set up.
    package let version: Int
    /// The step that a program must know at least to work with it.
    package let oldestProgram: Int

    package init(version: Int, oldestProgram: Int) {
        self.version = version
        self.oldestProgram = oldestProgram
    }

    /// Whether a program whose last step is `known` can work with it.
    package func suits(_ known: Int) -> Bool { version >= known && isKnown(by: known) }

    /// Whether a program whose last step is `known` understands all that is stored.
    func isKnown(by known: Int) -> Bool { oldestProgram <= known }
}

/// The schema can't be used by this program.
package struct SchemaMismatch: Error, Sendable, Equatable, CustomStringConvertible {
    /// The version found in the database; 0 where there is none.
    package let found: Int
    /// The version this program was built for.
    package let wanted: Int

    /// What does not fit, and what to do about it.
    package var description: String {
        if found > wanted {
            return "the database has schema version \(found), this program knows \(wanted): upgrade the program"
        }
        return "the database has schema version \(found), this program needs \(wanted): run `muster migrate`"
    }
}

extension FleetStore {
    /// The schema version this program was built for.
    package static let schemaVersion = Migration.all.map(\.version).max() ?? 0

    /// The database's schema.
    package func schemaState() async throws -> SchemaState {
        try await client.withTransaction(readOnly: true) { sql in
            let exists = try sql.query("select to_regclass('schema_migration') is not null")
            guard let row = exists.first, try row.decode(Bool.self) else {
                return SchemaState(version: 0, oldestProgram: 0)
            }
            return try sql.schemaState()
        }
    }

    /// Refuses to go on with a schema that does not suit this program.
    ///
    /// - Throws: ``SchemaMismatch``, whose description says what to do.
    package func requireSuitableSchema() async throws {
        let state = try await schemaState()
        guard state.suits(Self.schemaVersion) else {
            throw SchemaMismatch(found: state.version, wanted: Self.schemaVersion)
        }
    }

    /// Refuses to go on once the schema is one that this program can't work with any more.
    ///
    /// - Throws: ``SchemaMismatch``, whose description says what to do.
    package func requireKnownSchema() async throws {
        let state = try await schemaState()
        guard state.isKnown(by: Self.schemaVersion) else {
            throw SchemaMismatch(found: state.version, wanted: Self.schemaVersion)
        }
    }
}

extension PostgresTransaction {
    /// The state of a schema that has `schema_migration`.
    func schemaState() throws -> SchemaState {
        // By way of JSON, since schemas before step 40 have none of the two columns.
        let (version, oldest) = try query(
            """
            select coalesce(max(version), 0)::bigint, coalesce(max(version) filter (
                where row ->> 'is_expansion' is distinct from 'true' or row ->> 'contracted_at' is not null
            ), 0)::bigint
            from (select version, to_jsonb(schema_migration) as row from schema_migration) as step
            """
        ).one().decode(Int.self, Int.self)
        return SchemaState(version: version, oldestProgram: oldest)
    }
}
