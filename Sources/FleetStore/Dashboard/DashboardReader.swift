// SPDX-License-Identifier: Apache-2.0

import Postgres

/// A role that reads the dashboard's views.
package struct DashboardReader: Sendable, Equatable, Codable {
    package let name: String
    /// The schema of the views.
    package let schema: String
    /// Whether it was created just now. It then has no password.
    package let isNew: Bool
}

/// Why a role is not made a reader.
package enum DashboardReaderRefused: Error, Sendable, Equatable, CustomStringConvertible {
    /// It may do more than read, and this can't take it away.
    case powerful(String)
    /// There is no such role, and the fleet's role may not create any.
    case mayNotCreate(String, by: String)

    /// What is wrong, and what to do about it.
    package var description: String {
        switch self {
        case .powerful(let name):
            """
            the role "\(name)" is a superuser, or can act as the fleet's own role, so it would not be limited to reading: \
            name another role
            """
        case .mayNotCreate(let name, let role):
            """
            the role "\(role)" can't create the role "\(name)": as a superuser, run `create role "\(name)" login`, then this \
            command again
            """
        }
    }
}

extension FleetStore {
    /// Lets a role read the dashboard's views and nothing else, and creates the role where there is none. A repeat changes
    /// nothing. The schema must be up to date.
    ///
    /// - Throws: ``DashboardReaderRefused``.
    package func addDashboardReader(_ name: String) async throws -> DashboardReader {
        try await transaction(idempotent: false) { sql in
            let schema = try sql.dashboardSchema()
            let isNew = try sql.createReader(name)
            try sql.execute("grant usage on schema \(identifier: schema) to \(identifier: name)")
            try sql.execute("grant select on all tables in schema \(identifier: schema) to \(identifier: name)")
            // Later versions may add views.
            try sql.execute(
                """
                alter default privileges in schema \(identifier: schema) grant select on tables to \(identifier: name)
                """
            )
            return DashboardReader(name: name, schema: schema, isNew: isNew)
        }
    }
}

extension PostgresTransaction {
    /// - Returns: whether there was no such role.
    fileprivate func createReader(_ name: String) throws -> Bool {
        let known = try query(
            """
            select rolsuper or pg_has_role(oid, current_user, 'member') from pg_roles where rolname = \(name)
            """
        ).first?.decode(Bool.self)
        if let isPowerful = known {
            guard !isPowerful else { throw DashboardReaderRefused.powerful(name) }
            return false
        }
        let (mayCreate, role) = try query(
            "select rolsuper or rolcreaterole, rolname::text from pg_roles where rolname = current_user"
        ).one().decode(Bool.self, String.self)
        guard mayCreate else { throw DashboardReaderRefused.mayNotCreate(name, by: role) }
        try execute("create role \(identifier: name) login")
        // Not what keeps it from writing, but a query that was not meant so does not hold up the fleet.
        try execute("alter role \(identifier: name) set default_transaction_read_only = on")
        try execute("alter role \(identifier: name) set statement_timeout = '30s'")
        return true
    }
}
