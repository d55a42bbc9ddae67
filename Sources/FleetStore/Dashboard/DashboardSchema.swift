// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation
import Postgres

/// The role that the fleet works as can't make the schema of the views.
package struct DashboardSchemaRefused: Error, Sendable, Equatable, CustomStringConvertible {
    /// The schema.
    package let schema: String
    /// The fleet's role.
    package let role: String

    /// What to do about it.
    package var description: String {
        """
        the role "\(role)" can't create the schema "\(schema)" for the dashboard's views, and nothing was changed: as a \
        superuser, run `create schema "\(schema)" authorization "\(role)"` in this database, then `muster migrate` again
        """
    }
}

extension PostgresTransaction {
    /// The schema that the views are in: `dashboard`, or `NAME_dashboard` for a fleet whose tables are in the schema NAME.
    func dashboardSchema() throws -> String {
        try query(
            """
            select case current_schema() when 'public' then 'dashboard' else left(current_schema(), 53) || '_dashboard' end
            """
        ).one().decode(String.self)
    }

    /// Makes the views as this program states them, if they are not so already. What others have built on them, and
    /// what they were granted, stays.
    func installDashboard() throws {
        let schema = try dashboardSchema()
        let mark = DashboardView.mark
        let isCurrent = try query(
            """
            select obj_description(oid, 'pg_namespace') is not distinct from \(mark) and (
                select count(*) from pg_class where relnamespace = pg_namespace.oid and relkind = 'v'
            ) >= \(DashboardView.all.count)
            from pg_namespace where nspname = \(schema)
            """
        ).first?.decode(Bool.self)
        guard isCurrent != true else { return }
        // Asked for before, since whoever may not make schemas may use one that was made for them.
        if isCurrent == nil { try createSchema(schema) }
        try executeScript(DashboardView.script(schema: schema, mark: mark))
    }

    private func createSchema(_ schema: String) throws {
        let (mayCreate, role) = try query(
            "select has_database_privilege(current_database(), 'create'), current_user::text"
        ).one().decode(Bool.self, String.self)
        guard mayCreate else { throw DashboardSchemaRefused(schema: schema, role: role) }
        try execute("create schema \(identifier: schema)")
    }
}

extension DashboardView {
    /// Tells these views from those of other versions of the program. It is the schema's comment.
    static let mark: String = {
        let text = all.map { "\($0.name) \($0.meaning) \($0.select)" }.joined(separator: "\n")
        let digest = SHA256.hash(data: Data(text.utf8)).prefix(8).map { String(format: "%02x", $0) }.joined()
        return "Views for dashboards, version \(version) (\(digest)): docs/dashboard-queries.md"
    }()

    static func script(schema: String, mark: String) -> String {
        let schema = quoted(schema, by: "\"")
        let views = all.map { view in
            """
            create or replace view \(schema).\(view.name) as
            \(view.select);
            comment on view \(schema).\(view.name) is \(quoted(view.meaning, by: "'"));
            """
        }
        return (views + ["comment on schema \(schema) is \(quoted(mark, by: "'"));"]).joined(separator: "\n")
    }

    private static func quoted(_ text: String, by quote: String) -> String {
        quote + text.replacing(quote, with: quote + quote) + quote
    }
}
