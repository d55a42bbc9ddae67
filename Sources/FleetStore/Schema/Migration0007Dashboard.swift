// SPDX-License-Identifier: Apache-2.0

extension Migration {
    /// What people look for and look at: by end, by version, by a lab's number.
    static let dashboard = Migration(
        version: 7,
        name: "dashboard",
        sql: """
            create index jobset_by_end on jobset (finished_at desc) where state = 'finished';
            create index jobset_by_version on jobset (build_version text_pattern_ops);
            create index lab_job_by_number on lab_job (number);
            create index delivery_failed on delivery (ended_at desc) where state = 'failed';
            """
    )
}
