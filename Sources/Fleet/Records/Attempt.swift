// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// Where an attempt is on its way.
package enum AttemptState: String, Sendable, Codable, CaseIterable {
    /// It is being submitted.
    case submitting
    /// The lab has it.
    case submitted
    /// It has come to its end.
    case ended
}

/// One submission of a job.
package struct Attempt: Sendable, Codable, Equatable {
    /// Counts from 1 within its job.
    package var number: Int
    package var state: AttemptState
    package var outcome: JobOutcome?
    /// Why it did not complete.
    package var reason: String?
    /// How many requests to submit it have failed.
    package var tries: Int
    /// What the last of them failed with; `nil` once the lab has it.
    package var lastError: String?
    /// When it was begun.
    package var createdAt: Date
    /// When the lab had taken it.
    package var submittedAt: Date?
    package var endedAt: Date?
    /// What the lab made of it: nothing, one, or several for multinode.
    package var labJobs: [LabJob]
    /// What it made of it beside these, if anything: of no account, and canceled there. The first of them, at most
    /// ``SurplusLabJob/maximumShown``.
    package var surplusLabJobs: [SurplusLabJob]?
}

/// A lab job of an attempt: what a lab made of it. Several for multinode.
package struct LabJob: Sendable, Codable, Equatable {
    /// LAVA's own number.
    package var number: Int
    /// LAVA's name for a member of a multinode group.
    package var subID: String?
    /// The part that a member of a multinode group plays, in the definition's words.
    package var role: String?
    /// Its page: where the lab has named one, that.
    package var url: String?
    /// What the lab last said of it: `Submitted`, `Scheduling`, `Scheduled`, `Running` …; `nil` where nothing was heard.
    package var labState: String?
    /// LAVA's health, once it has finished.
    package var health: String?
    /// The board it ran on.
    package var device: String?
    /// By the lab's clock, as the next two.
    package var submitTime: Date?
    package var startTime: Date?
    package var endTime: Date?
    /// LAVA's kind of failure, such as `Infrastructure`.
    package var errorType: String?
    /// LAVA's words for it, or why its results could not be fetched.
    package var errorMessage: String?
    /// How many of its test cases were more than are kept; `nil` where all are.
    package var resultsLeftOut: Int?
}

/// What a lab made of an attempt beside its lab jobs, since a request was carried out twice. It is canceled in the lab,
/// and part of no outcome, count or result.
package struct SurplusLabJob: Sendable, Codable, Equatable {
    /// The most that are shown of one attempt: whether a lab has it three times or thousands of times is for the lab's own
    /// pages to tell.
    package static let maximumShown = 200

    /// LAVA's own number.
    package let number: Int
    /// LAVA's name for a member of a multinode group.
    package let subID: String?
    /// The lab's page.
    package var url: String?
    /// Whether the lab is still being told to cancel it.
    package let canceling: Bool
    /// LAVA's health, once it is known to have ended.
    package let health: String?
    /// When it was found.
    package let foundAt: Date
    /// When it was known to have ended.
    package let endedAt: Date?

    /// Where it stands, for people.
    package var standing: String { health ?? (canceling ? "being canceled" : "not canceled by the lab") }
}
