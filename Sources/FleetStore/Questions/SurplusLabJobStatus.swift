// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// What a lab made of an attempt beside its lab jobs, since a request was carried out twice, as it stands. It is canceled
/// in the lab, and part of no outcome, count or result.
package struct SurplusLabJobStatus: Sendable, Codable, Equatable {
    /// The most that are shown of one attempt: whether a lab has it three times or thousands of times is for the lab's own
    /// pages to tell.
    package static let maximumShown = 200

    /// LAVA's own number.
    package let number: Int
    /// LAVA's name for a member of a multinode group.
    package let subID: String?
    /// Whether the lab is still being told to cancel it.
    package let isCanceling: Bool
    /// LAVA's health, once it is known to have ended.
    package let health: String?
    /// When it was found.
    package let foundAt: Date
    /// When it was known to have ended.
    package let endedAt: Date?

    /// The columns as one JSON object; `surplus_lab_job` is in scope. Times are seconds since 1970.
    static let object = """
        jsonb_build_object(
            'number', number, 'subID', sub_id, 'isCanceling', cancel_due_at is not null, 'health', health,
            'foundAt', extract(epoch from found_at), 'endedAt', extract(epoch from ended_at)
        )
        """
}
