// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Labs

extension FinishedObservation {
    /// What a row of the lab says of a job that has finished; nil if no job of ours can be called so.
    init?(_ job: SeenLabJob) {
        guard let number = job.id.number else { return nil }
        self.init(
            number: number,
            tag: job.tag,
            health: job.health.rawValue.storable,
            device: job.device?.storable,
            deviceType: job.deviceType?.storable,
            submitTime: job.submitTime,
            startTime: job.startTime,
            endTime: job.endTime,
            url: job.url?.storable
        )
    }
}

extension LabJobHint {
    /// What an event says; nil if no job of ours can be called so.
    init?(_ event: LabJobEvent) {
        guard let number = event.id.number else { return nil }
        self.init(
            number: number,
            labState: event.state.rawValue.storable,
            health: event.health.rawValue.storable,
            device: event.device?.storable,
            submitTime: event.submitTime,
            startTime: event.startTime,
            endTime: event.endTime
        )
    }
}

extension LabJobLook {
    /// What a row of the lab says of our lab job `id`, which has not finished.
    init(id: Int, _ job: SeenLabJob) {
        self.init(
            id: id,
            labState: job.state.rawValue.storable,
            role: job.role?.storable,
            submitTime: job.submitTime,
            startTime: job.startTime
        )
    }
}
