// SPDX-License-Identifier: Apache-2.0

extension Migration {
    /// Jobs are called what their authors call them: decision 43.
    static let jobNames = Migration(
        version: 23,
        name: "job names",
        sql: """
            alter table job
                -- as it is shown, unique in its environment; null: the first that has none
                add column name text,
                -- as its author gave it
                add column base_name text;
            -- Of definitions that were stored before, the usual form is read.
            with given as (
                select job.id, job.jobset_id, job.environment, job.position, left(trim(both '"'' ' from
                    substring(definition from '(?n)^"?job_name"?[ \\t]*:[ \\t]+([^#\\r\\n]+)')), 200) as name
                from job join job_definition using (jobset_id, position)
            ), numbered as (
                select id, nullif(name, '') as name, row_number() over (
                    partition by jobset_id, environment, nullif(name, '') order by position
                ) as number from given
            )
            update job set base_name = numbered.name, name = case
                when number = 1 then numbered.name else coalesce(numbered.name || ' ', '') || '#' || number end
            from numbered where job.id = numbered.id;
            create index job_by_name on job (jobset_id, environment, base_name);
            """
    )
}
