// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The rows of a fleet's tables, as plain SQL has brought them.
struct CampaignRows {
    struct Jobset: Decodable {
        var id: UUID
        var state: String
        var sealed: Bool
        var generation: Int
        var total: Int
        var pending: Int
        var failures: Int
        var verdict: String?
        var canceled: Bool
        var deadlinePassed: Bool
        /// Of the generation that runs or has ended last, whether a callback was asked for at all.
        var hasCallback: Bool
        /// The events that were chosen; `nil` is the end alone.
        var events: [String]?
        var retries: Int
    }

    struct Job: Decodable {
        var id: Int
        var jobset: UUID
        var position: Int
        var backend: String
        var state: String
        var outcome: String?
        var generation: Int
        var testsPass: Int
        var testsFail: Int
        var testsSkip: Int

        /// Whether it keeps its jobset from passing, though nobody canceled it.
        var hasFailed: Bool { outcome != nil && outcome != "canceled" && (outcome != "complete" || testsFail > 0) }
    }

    struct Attempt: Decodable {
        var id: UUID
        var job: Int
        var number: Int
        var generation: Int
        var backend: String
        var isSubmitted: Bool
    }

    struct LabJob: Decodable {
        var attempt: UUID
        var number: Int
    }

    /// A lab job that an attempt has too many.
    struct Surplus: Decodable {
        var attempt: UUID
        var number: Int
        /// When it was found, in seconds since 1970.
        var foundAt: Double
    }

    struct Delivery: Decodable {
        var id: UUID
        var jobset: UUID
        var generation: Int
        var event: String
        var kind: String
        var state: String
    }

    /// How an earlier generation of a jobset ended.
    struct JobsetEnd: Decodable {
        var jobset: UUID
        var generation: Int
        var canceled: Bool
        var deadlinePassed: Bool
    }

    struct Addition: Decodable {
        var jobset: UUID
        var id: UUID
        var firstPosition: Int
        var jobs: Int
    }

    /// A job's step into its end, as a trigger has seen it.
    struct JobStep: Decodable {
        var job: Int
        var generation: Int
        var hasFailed: Bool
    }

    /// A jobset's step into its end, as a trigger has seen it, and how many of its jobs had not ended then.
    struct JobsetStep: Decodable {
        var jobset: UUID
        var generation: Int
        var unfinished: Int
    }

    var jobsets: [Jobset] = []
    var jobs: [Job] = []
    var attempts: [Attempt] = []
    var labJobs: [LabJob] = []
    var surplus: [Surplus] = []
    var deliveries: [Delivery] = []
    var jobsetEnds: [JobsetEnd] = []
    var additions: [Addition] = []
    var jobSteps: [JobStep] = []
    var jobsetSteps: [JobsetStep] = []
    /// The ids under which documents were refused.
    var refused: Set<String> = []
}
