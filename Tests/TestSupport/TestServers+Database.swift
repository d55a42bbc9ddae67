// SPDX-License-Identifier: Apache-2.0

package import Postgres

extension TestServers {
    /// The pooler that the database is reached through; `deploy/pooler env` names one for `make test-pooler`.
    package static var pooler: PostgresConfiguration.Pooling {
        (try? required("MUSTER_TEST_POSTGRES_POOLER")).flatMap(PostgresConfiguration.Pooling.init) ?? .none
    }

    /// How to reach the database, or another one at `url`, which is never behind a pooler.
    package static func databaseConfiguration(_ url: String? = nil) throws -> PostgresConfiguration {
        let usual = try database
        var configuration = try PostgresConfiguration(url: url ?? usual)
        if url == nil || url == usual { configuration.pooling = pooler }
        return configuration
    }
}
