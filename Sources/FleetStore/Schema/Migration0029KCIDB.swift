// SPDX-License-Identifier: Apache-2.0

extension Migration {
    /// Reports into a KCIDB: decision 51.
    static let kcidb = Migration(
        version: 29,
        name: "kcidb",
        sql: """
            -- `not valid`: no row has the new kind yet
            alter table delivery
                drop constraint delivery_kind_check,
                add constraint delivery_kind_check
                    check (kind in ('report', 'callback', 'squad', 'mail', 'warning', 'kcidb')) not valid;
            """
    )
}
