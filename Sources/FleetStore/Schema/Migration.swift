// SPDX-License-Identifier: Apache-2.0

/// One numbered step of the schema. A step that has been released is never edited; what comes later is a new step.
///
/// Every step after ``lastBreaking`` only adds: programs of the release before go on working, and start, on the schema that it
/// leaves. What it makes needless is removed by its contraction, which is run later, when no such program is left.
struct Migration: Sendable {
    /// An index that is built after the step, without keeping anybody from the table. It can't be unique: programs work before
    /// it is there.
    struct Index: Sendable {
        /// Its name.
        let name: String
        /// The table and what is indexed, as after `create index … on`.
        let definition: String
    }

    /// Counts from 1 without gaps.
    let version: Int
    /// What the step brings, in a few words.
    let name: String
    /// The statements of the step, run in one transaction.
    let sql: String
    /// The indexes that the step brings.
    var indexes: [Index] = []
    /// The statements that remove what only programs of earlier steps use.
    var contraction: String?

    /// The last step that programs of earlier steps can't work with. Those do not ask what a step is, and stop.
    static let lastBreaking = 40

    /// Whether programs that do not know the step can work with what it leaves.
    var isExpansion: Bool { version > Self.lastBreaking }

    /// Every step, in order.
    static let all: [Migration] = [
        .fleet, .labs, .life, .reports, .access, .deliveries, .dashboard, .squad, .mail, .squadBuilds, .doubts, .naming,
        .tokenLines, .upkeep, .looks, .reportForms, .closedAttempts,
        .external, .suiteNames, .turns, .missingJobs, .demands, .jobNames,
        .retries, .knownIssues, .rollups, .testHistory, .lists, .kcidb, .events, .webhooks, .retention, .jobTerms,
        .webhookSecrets, .identities, .squadNames, .auditOfMany, .traceParents, .restoration, .upgrades,
        .lastSubmitted,
    ]
}
