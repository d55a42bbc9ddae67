// SPDX-License-Identifier: Apache-2.0

import Foundation

/// All that the checker knows of a campaign.
struct CampaignHistory {
    /// A job as it was published.
    struct PublishedJob: Sendable, Equatable {
        /// How many tests pass, fail and are skipped when it runs to its end.
        var pass = 0
        var fail = 0
        var skip = 0
        /// How many lab jobs it becomes.
        var members = 1
        /// Its lab does not take it.
        var isRefused = false
    }

    /// Jobs that were added to an open jobset.
    struct PublishedAddition: Sendable {
        var id: UUID
        var jobs: [PublishedJob]
        /// The broker has confirmed it and not been wiped since.
        var isConfirmed = true
    }

    /// A jobset as it was published.
    struct PublishedJobset: Sendable {
        var id: UUID
        var jobs: [PublishedJob]
        /// The broker has confirmed it and not been wiped since.
        var isConfirmed = true
        /// It was seen in the database.
        var wasAccepted = true
        var additions: [PublishedAddition] = []
        /// Somebody has asked for its cancellation.
        var isCanceled = false
        /// Somebody has asked for the cancellation of these jobs of it.
        var canceledJobs: Set<Int> = []
        /// It has a limit of failures, beyond which it is canceled.
        var hasFailureLimit = false
        /// It has a deadline.
        var hasDeadline = false
        /// How many generations of it were asked for, the first among them.
        var generations = 1
    }

    /// A request that came to the receiver of callbacks.
    struct Received {
        var id: String
        var body: [UInt8]
        /// What the receiver answered, if it did.
        var status: Int?

        var wasTaken: Bool { status.map { (200..<300).contains($0) } ?? false }
    }

    struct DeadLetter {
        var queue: String
        /// Why it was put aside; `nil` when it does not say.
        var reason: String?
    }

    var published: [PublishedJobset] = []
    var labs: [String: LabLog] = [:]
    var received: [Received] = []
    var rows = CampaignRows()
    /// Nothing was carried out late by order: whatever was made twice was sent again although its lab had it.
    var isPunctual = false
    /// How many messages each queue holds at the end.
    var depths: [String: Int] = [:]
    /// What lies in the dead-letter queue.
    var deadLetters: [DeadLetter] = []
}
