// SPDX-License-Identifier: Apache-2.0

extension Migration {
    /// `backend.last_submitted_at` goes: since step 11 nothing has used it.
    static let lastSubmitted = Migration(
        version: 41,
        name: "last-submitted",
        sql: "",
        contraction: "alter table backend drop column last_submitted_at;"
    )
}
