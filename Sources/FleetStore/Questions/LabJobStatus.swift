// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// A lab job of a job's attempt, as it stands.
package struct LabJobStatus: Sendable, Codable, Equatable {
    /// LAVA's own number.
    package let number: Int
    /// LAVA's name for a member of a multinode group.
    package let subID: String?
    /// The part that a member of a multinode group plays, in the definition's words.
    package let role: String?
    /// What the lab last said of it: `Submitted`, `Scheduling`, `Scheduled`, `Running` …; `nil` where nothing was heard.
    package let labState: String?
    /// LAVA's health, once it has finished.
    package let health: String?
    /// The board it ran on.
    package let device: String?
    /// By the lab's clock.
    package let submitTime: Date?
    /// By the lab's clock.
    package let startTime: Date?
    /// By the lab's clock.
    package let endTime: Date?
    /// LAVA's kind of failure, such as `Infrastructure`.
    package let errorType: String?
    /// LAVA's words for it, or why its results could not be fetched.
    package let errorMessage: String?
    /// How many of its test cases were more than are kept.
    package let resultsLeftOut: Int
    /// The page of the job, where the lab has named one.
    package var url: String?

    /// The columns as one JSON object; `lab_job` is in scope. Times are seconds since 1970.
    static let object = """
        jsonb_build_object(
            'number', lab_job.number, 'subID', sub_id, 'role', role, 'labState', lab_state, 'health', health,
            'device', device, 'submitTime', extract(epoch from submit_time),
            'startTime', extract(epoch from start_time), 'endTime', extract(epoch from end_time),
            'errorType', error_type, 'errorMessage', coalesce(unfetchable, error_message),
            'resultsLeftOut', results_left_out, 'url', lab_job.url
        )
        """
}
