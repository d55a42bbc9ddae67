// SPDX-License-Identifier: Apache-2.0

extension FleetStore {
    /// Refuses to go on once the schema is one that this program does not know.
    ///
    /// - Throws: ``SchemaMismatch``, whose description says what to do.
    package func requireKnownSchema() async throws {
        let found = try await currentSchemaVersion()
        guard found <= Self.schemaVersion else { throw SchemaMismatch(found: found, wanted: Self.schemaVersion) }
    }
}
