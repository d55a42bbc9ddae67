// SPDX-License-Identifier: Apache-2.0

import FleetStore

/// What an event says of a job, in as far as these tests look at it.
func hint(_ number: Int, _ state: String = "Finished") -> LabJobObservation {
    LabJobObservation(
        number: number,
        labState: state,
        health: state == "Finished" ? "Complete" : "Unknown",
        device: nil,
        submitTime: nil,
        startTime: nil,
        endTime: nil
    )
}
