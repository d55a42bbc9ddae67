// SPDX-License-Identifier: Apache-2.0

extension Migration {
    /// Numbers of environments and suites, for SQUAD's clients.
    static let squadNames = Migration(
        version: 36,
        name: "squad names",
        sql: """
            create table squad_name (
                id bigint generated always as identity primary key,
                project_id bigint not null references squad_project on delete cascade,
                kind text not null check (kind in ('environment', 'suite')),
                slug text not null,
                unique (project_id, kind, slug)
            );
            """
    )
}
