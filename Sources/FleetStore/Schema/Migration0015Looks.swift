// SPDX-License-Identifier: Apache-2.0

extension Migration {
    /// A look that does not see all at once goes on where it ended.
    static let looks = Migration(
        version: 15,
        name: "looks",
        sql: """
            -- the lab has more of it than one look takes: the next goes on behind this number of LAVA's
            alter table attempt add column looked_past bigint;
            """
    )
}
