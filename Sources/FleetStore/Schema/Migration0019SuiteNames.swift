// SPDX-License-Identifier: Apache-2.0

extension Migration {
    /// A suite is called as its author called it: decision 37.
    static let suiteNames = Migration(
        version: 19,
        name: "suite names",
        sql: """
            -- as `TestName.suite` does it since
            update result set suite = substring(suite from '^[0-9]+_(.+)$')
            where suite ~ '^[0-9]+_.' and suite !~ '^[0-9]+_lava$';
            """
    )
}
