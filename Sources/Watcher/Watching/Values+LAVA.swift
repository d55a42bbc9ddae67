// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import LAVA

extension FinishedObservation {
    /// What a row of the lab says of a job that has finished.
    init(_ job: LAVAJob) {
        self.init(
            number: job.id,
            tag: job.tag,
            health: job.health.word,
            device: job.actualDevice?.storable,
            submitTime: job.submitTime,
            startTime: job.startTime,
            endTime: job.endTime
        )
    }
}

extension LabJobHint {
    /// What an event says.
    init(_ event: LAVAJobEvent) {
        self.init(
            number: event.job,
            labState: event.state.word,
            health: event.health.word,
            device: event.device?.storable,
            submitTime: event.submitTime,
            startTime: event.startTime,
            endTime: event.endTime
        )
    }
}

extension LabJobLook {
    /// What a row of the lab says of our lab job `id`, which has not finished.
    init(id: Int, _ job: LAVAJob) {
        self.init(
            id: id,
            labState: job.state.word,
            role: job.role?.storable,
            submitTime: job.submitTime,
            startTime: job.startTime
        )
    }
}

extension LAVAJob.Health {
    /// LAVA's own word for it.
    var word: String {
        switch self {
        case .complete: "Complete"
        case .incomplete: "Incomplete"
        case .canceled: "Canceled"
        case .unknown(let word): word.storable
        }
    }
}

extension LAVAJob.State {
    /// LAVA's own word for it.
    var word: String {
        switch self {
        case .submitted: "Submitted"
        case .scheduling: "Scheduling"
        case .scheduled: "Scheduled"
        case .running: "Running"
        case .canceling: "Canceling"
        case .finished: "Finished"
        case .unknown(let word): word.storable
        }
    }
}
