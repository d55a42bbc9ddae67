// SPDX-License-Identifier: Apache-2.0

extension Migration {
    /// What a verdict does not tell alone: decision 41. Verdicts that were told before stay as they were told.
    static let missingJobs = Migration(
        version: 21,
        name: "missing jobs",
        sql: """
            alter table jobset
                -- of failures, those that are missing rather than failed
                add column missing integer not null default 0 check (missing >= 0),
                add column canceled integer not null default 0 check (canceled >= 0);
            update jobset set missing = counted.missing, canceled = counted.canceled
            from (
                select jobset_id, count(*) filter (where outcome <> 'canceled') as missing,
                    count(*) filter (where outcome = 'canceled') as canceled
                from job where outcome in ('incomplete', 'lost', 'expired', 'undeliverable', 'canceled')
                group by jobset_id
            ) as counted where jobset.id = counted.jobset_id;
            """
    )
}
