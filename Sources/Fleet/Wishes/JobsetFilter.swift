// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// Which jobsets to list.
package struct JobsetFilter: Sendable {
    /// Only those of these projects; `nil`: of all.
    package var scopes: [ProjectScope]?
    /// Only those whose id begins with this.
    package var idPrefix: IDPrefix?
    /// Only those of this group.
    package var group: String?
    /// Only those of this project.
    package var project: String?
    /// Only those of this version.
    package var version: String?
    /// Only those in this state.
    package var state: JobsetState?
    /// Only those that ended so.
    package var verdict: Verdict?
    /// Only those with a job for this lab.
    package var backend: String?
    /// Only those with a job of this environment.
    package var environment: String?
    /// Only those with all of these labels.
    package var labels: [String: String] = [:]
    /// Only those accepted at that time or later.
    package var createdAfter: Date?
    /// Only those accepted before that time.
    package var createdBefore: Date?
    /// Only those that stand behind this one in the list.
    package var after: JobsetPlace?
    /// At most so many.
    package var limit: Int

    /// A filter as given.
    package init(group: String? = nil, project: String? = nil, state: JobsetState? = nil, limit: Int = 50) {
        self.group = group
        self.project = project
        self.state = state
        self.limit = limit
    }

    /// Whether it leaves nothing out.
    package var isForEverything: Bool {
        idPrefix == nil && group == nil && project == nil && version == nil && state == nil && verdict == nil
            && backend == nil && environment == nil && labels.isEmpty && createdAfter == nil && createdBefore == nil
    }
}

/// Where a jobset stands in a list: whatever is accepted or changes meanwhile, it stays there.
package struct JobsetPlace: Sendable, Equatable {
    /// When it was accepted, in microseconds since 1970.
    package let createdMicroseconds: Int
    package let id: UUID

    /// What a caller may name, to the end of the year 9999: PostgreSQL can't count much further.
    private static let times = -62_135_596_800_000_000...253_402_300_799_999_999

    /// A place from its parts.
    package init(createdMicroseconds: Int, id: UUID) {
        self.createdMicroseconds = min(max(createdMicroseconds, Self.times.lowerBound), Self.times.upperBound)
        self.id = id
    }

    /// The place that a list gave out.
    package init?(_ cursor: Cursor) {
        guard cursor.parts.count == 2, let microseconds = Int(cursor.parts[0]),
            let id = UUID(uuidString: cursor.parts[1])
        else { return nil }
        self.init(createdMicroseconds: microseconds, id: id)
    }

    /// It for those who go on from there.
    package var cursor: Cursor { Cursor("\(createdMicroseconds)", id.text) }

    /// The place of a jobset.
    package init(_ status: Jobset) {
        self.init(createdMicroseconds: status.createdAt.microseconds, id: status.id)
    }
}

extension Date {
    /// Since 1970; PostgreSQL's times are whole ones.
    package var microseconds: Int {
        // The last years that a `timestamptz` can hold are beyond what 64 bits can count.
        let count = (timeIntervalSince1970 * 1_000_000).rounded()
        return Int(exactly: count) ?? (count < 0 ? .min : .max)
    }
}
