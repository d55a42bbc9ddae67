// SPDX-License-Identifier: Apache-2.0

extension Migration {
    /// A report has a row for each format, so another format is no change of the schema.
    static let reportForms = Migration(
        version: 16,
        name: "report forms",
        sql: """
            create table report_form (
                jobset_id uuid not null,
                generation integer not null,
                format text not null,
                body text not null,
                primary key (jobset_id, generation, format),
                foreign key (jobset_id, generation) references report on delete cascade
            );
            insert into report_form (jobset_id, generation, format, body)
            select jobset_id, generation, form.format, form.body
            from report, lateral (
                values ('json', document::text), ('text', report.body), ('html', html), ('junit', junit)
            ) form (format, body)
            where form.body is not null;
            alter table report drop column document, drop column body, drop column html, drop column junit;
            """
    )
}
