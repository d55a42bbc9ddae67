// SPDX-License-Identifier: Apache-2.0

extension Migration {
    /// Reports as HTML and JUnit XML, and what they are compared with.
    static let reports = Migration(
        version: 4,
        name: "reports",
        sql: """
            -- what the publisher named: an id, a build or a version; null: the latest that serves
            alter table jobset add column baseline text;

            alter table report
                -- null of reports that were made before there were any
                add column html text,
                add column junit text,
                -- what it was compared with: later generations of the jobset are compared with the same
                add column baseline_id uuid;
            """
    )
}
