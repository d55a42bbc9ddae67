// SPDX-License-Identifier: Apache-2.0

import Fleet

extension LabJob {
    /// The columns as one JSON object; `lab_job` is in scope. Times are seconds since 1970.
    static let object = """
        jsonb_build_object(
            'number', lab_job.number, 'subID', sub_id, 'role', role, 'labState', lab_state, 'health', health,
            'device', device, 'submitTime', extract(epoch from submit_time),
            'startTime', extract(epoch from start_time), 'endTime', extract(epoch from end_time),
            'errorType', error_type, 'errorMessage', coalesce(unfetchable, error_message),
            'resultsLeftOut', nullif(results_left_out, 0), 'url', lab_job.url
        )
        """
}

extension SurplusLabJob {
    /// The columns as one JSON object; `surplus_lab_job` is in scope. Times are seconds since 1970.
    static let object = """
        jsonb_build_object(
            'number', number, 'subID', sub_id, 'canceling', cancel_due_at is not null, 'health', health,
            'foundAt', extract(epoch from found_at), 'endedAt', extract(epoch from ended_at)
        )
        """
}
