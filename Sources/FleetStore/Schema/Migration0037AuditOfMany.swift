// SPDX-License-Identifier: Apache-2.0

extension Migration {
    /// Finds changes of many jobsets by one of them.
    static let auditOfMany = Migration(
        version: 37,
        name: "audit of many",
        sql: """
            create index audit_of_many on audit (id) where detail ? 'jobsets';
            """
    )
}
