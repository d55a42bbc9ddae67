// SPDX-License-Identifier: Apache-2.0

extension Migration {
    /// Tokens of those whom an identity provider vouches for: decision 58.
    static let identities = Migration(
        version: 35,
        name: "identities",
        sql: """
            alter table token
                -- the identity provider's name in the configuration, its own name for the holder, and what people call it
                add column provider text,
                add column subject text,
                add column holder text,
                -- what it lets its holder do, by project: its projects and abilities are empty then, so that a version
                -- that does not know this column lets it do nothing
                add column grants jsonb,
                drop constraint token_projects_check,
                drop constraint token_abilities_check,
                add constraint token_is_for_something check (
                    case when provider is null then cardinality(projects) > 0 and cardinality(abilities) > 0
                        else subject is not null and holder is not null and jsonb_array_length(grants) > 0
                            and expires_at is not null
                    end
                );
            create index token_by_subject on token (provider, subject) where provider is not null;
            create index token_by_holder on token (holder) where holder is not null;
            create index token_expired on token (expires_at) where provider is not null;

            -- such a token is removed some time after its end; the audit keeps its id
            alter table audit drop constraint audit_token_id_fkey;
            """
    )
}
