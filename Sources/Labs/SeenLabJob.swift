// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// What a lab calls a job: a text that only the lab needs to understand.
///
/// The database keeps ``number``, so every lab of the fleet names its jobs by numbers, written as texts here
/// (`docs/decisions/0033-a-seam-for-labs.md`).
package struct LabJobID: Sendable, Hashable, CustomStringConvertible {
    /// The name as the lab writes it.
    package let text: String

    package init(_ text: String) { self.text = text }

    package init(_ number: Int) { text = "\(number)" }

    /// The number that it is kept as; nil if it is none.
    package var number: Int? { Int(text) }

    package var description: String { text }
}

/// How far a lab job is. Stored and shown by ``rawValue``; a lab may use further words.
package struct LabJobState: RawRepresentable, Sendable, Hashable {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    package static let submitted = LabJobState(rawValue: "Submitted")
    package static let scheduling = LabJobState(rawValue: "Scheduling")
    package static let scheduled = LabJobState(rawValue: "Scheduled")
    package static let running = LabJobState(rawValue: "Running")
    package static let canceling = LabJobState(rawValue: "Canceling")
    package static let finished = LabJobState(rawValue: "Finished")

    /// Those that have a name here.
    package static let known: Set<LabJobState> = [.submitted, .scheduling, .scheduled, .running, .canceling, .finished]
}

/// How a lab job ended; failing tests leave it ``complete``. Stored and shown by ``rawValue``, which
/// `FleetStore.finishLabJobs` turns into a job's outcome; a lab may use further words, as LAVA does before the end.
package struct LabHealth: RawRepresentable, Sendable, Hashable {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    package static let complete = LabHealth(rawValue: "Complete")
    package static let incomplete = LabHealth(rawValue: "Incomplete")
    package static let canceled = LabHealth(rawValue: "Canceled")
}

/// One lab job as its lab shows it.
package struct SeenLabJob: Sendable, Equatable {
    package var id: LabJobID
    package var state: LabJobState
    package var health: LabHealth
    /// Its role within a group.
    package var role: String?
    /// The board it was given.
    package var device: String?
    /// The kind of board that it asks for.
    package var deviceType: String?
    /// When the lab took it, by the lab's clock, as are the other times.
    package var submitTime: Date?
    package var startTime: Date?
    package var endTime: Date?
    /// The attempt that it was submitted for, where the lab has kept it.
    package var tag: UUID?
    /// The page of the job, where the lab names one.
    package var url: String?

    package init(
        id: LabJobID,
        state: LabJobState,
        health: LabHealth,
        role: String? = nil,
        device: String? = nil,
        deviceType: String? = nil,
        submitTime: Date? = nil,
        startTime: Date? = nil,
        endTime: Date? = nil,
        tag: UUID? = nil,
        url: String? = nil
    ) {
        self.id = id
        self.state = state
        self.health = health
        self.role = role
        self.device = device
        self.deviceType = deviceType
        self.submitTime = submitTime
        self.startTime = startTime
        self.endTime = endTime
        self.tag = tag
        self.url = url
    }
}

/// What a lab says of jobs that were asked for by id.
package struct LabLookup: Sendable, Equatable {
    package var jobs: [SeenLabJob]
    /// Those that it answers with something that can't be read: whether it still has them is not known.
    package var unreadable: Set<LabJobID>

    package init(jobs: [SeenLabJob], unreadable: Set<LabJobID> = []) {
        self.jobs = jobs
        self.unreadable = unreadable
    }
}

/// One page of a list of lab jobs.
package struct LabPage: Sendable, Equatable {
    package var jobs: [SeenLabJob]
    /// How many rows the lab's page had. The next page begins this much further on.
    package var rowCount: Int
    /// Whether there is a next page.
    package var hasMore: Bool
    /// The lab's clock when it answered; nil if it did not say.
    package var date: Date?

    package init(jobs: [SeenLabJob], rowCount: Int, hasMore: Bool, date: Date?) {
        self.jobs = jobs
        self.rowCount = rowCount
        self.hasMore = hasMore
        self.date = date
    }
}
