// SPDX-License-Identifier: Apache-2.0

extension Migration {
    /// What PostgreSQL's planner is told of the hot tables, and when they are looked at anew.
    ///
    /// The columns whose values are of the moment have no statistics: those of a quiet hour would say that nothing waits,
    /// and every index over what waits would count as one row (decision 27). To change a column to the type that it has
    /// removes the statistics that it had; its indexes are made again.
    ///
    /// All else is looked at by how much has changed and not by which part of all that ever was: by PostgreSQL's
    /// defaults, a tenth and a fifth of a table, five million finished jobs hide a backlog of 100,000. To analyze a table
    /// costs the same whatever its size; to vacuum it costs a look at what has changed, and at its indexes once that is
    /// more than a fiftieth of it, hence the small part of it all.
    static let upkeep = Migration(
        version: 14,
        name: "upkeep",
        sql: """
            \(withoutStatistics("job", [("state", "text"), ("backend", "text"), ("resume_at", "timestamptz")]))
            \(withoutStatistics("attempt", [("state", "text"), ("backend", "text"), ("look_due_at", "timestamptz")]))
            \(withoutStatistics(
                "lab_job",
                [
                    ("state", "text"), ("backend", "text"), ("fetch_due_at", "timestamptz"),
                    ("cancel_due_at", "timestamptz"),
                ]
            ))
            \(withoutStatistics("jobset", [("state", "text")]))
            \(withoutStatistics("delivery", [("state", "text"), ("due_at", "timestamptz")]))
            -- in which environments and labs a jobset has jobs: what lists are asked for, without a look at each job
            create table jobset_environment (
                jobset_id uuid not null references jobset on delete cascade,
                environment text not null,
                backend text not null,
                primary key (jobset_id, environment, backend)
            );
            insert into jobset_environment (jobset_id, environment, backend)
            select distinct jobset_id, environment, backend from job;
            create index jobset_environment_by_environment on jobset_environment (environment, jobset_id);
            create index jobset_environment_by_backend on jobset_environment (backend, jobset_id);
            \(lookedAt("job", analyze: 2_000, vacuum: 10_000))
            \(lookedAt("attempt", analyze: 2_000, vacuum: 10_000))
            \(lookedAt("lab_job", analyze: 2_000, vacuum: 10_000))
            \(lookedAt("jobset", analyze: 500, vacuum: 2_000))
            \(lookedAt("delivery", analyze: 500, vacuum: 2_000))
            \(lookedAt("backend", analyze: 500, vacuum: 500))
            """
    )

    private static func withoutStatistics(_ table: String, _ columns: [(name: String, type: String)]) -> String {
        let changes = columns.map { name, type in
            "alter column \(name) type \(type), alter column \(name) set statistics 0"
        }
        return "alter table \(table) \(changes.joined(separator: ", "));"
    }

    private static func lookedAt(_ table: String, analyze: Int, vacuum: Int) -> String {
        """
        alter table \(table) set (
            autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = \(analyze),
            autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = \(vacuum),
            autovacuum_vacuum_insert_scale_factor = 0.01, autovacuum_vacuum_insert_threshold = \(vacuum)
        );
        """
    }
}
