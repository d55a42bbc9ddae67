// SPDX-License-Identifier: Apache-2.0

extension Migration {
    /// The place in a trace at which a jobset was submitted, as the header `traceparent` has it.
    static let traceParents = Migration(
        version: 38,
        name: "trace parents",
        sql: """
            alter table jobset add column traceparent text;
            """
    )
}
