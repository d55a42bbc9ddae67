// SPDX-License-Identifier: Apache-2.0

/// One numbered step of the schema. A step that has been released is never edited; what comes later is a new step.
struct Migration: Sendable {
    /// Counts from 1 without gaps.
    let version: Int
    /// What the step brings, in a few words.
    let name: String
    /// The statements of the step, run in one transaction.
    let sql: String

    /// Every step, in order.
    static let all: [Migration] = [
        .fleet, .labs, .life, .reports, .access, .deliveries, .dashboard, .squad, .mail, .squadBuilds, .doubts, .naming,
        .tokenLines, .upkeep, .looks, .reportForms, .closedAttempts,
        .external, .suiteNames, .turns, .missingJobs, .demands, .jobNames,
        .retries, .knownIssues, .rollups, .testHistory, .lists, .kcidb, .events, .webhooks, .retention, .jobTerms,
        .webhookSecrets, .identities, .squadNames, .auditOfMany,
    ]
}
