// SPDX-License-Identifier: Apache-2.0

package import Foundation
import LAVA
package import Labs

extension LAVAServer {
    package func finishedJobs(
        endedAfter: Date,
        submitter: String?,
        limit: Int,
        offset: Int
    ) async throws(LabError) -> LabPage {
        let page = try await asking { () async throws(LAVAError) in
            try await client.finishedJobs(endedAfter: endedAfter, submitter: submitter, limit: limit, offset: offset)
        }
        return LabPage(page)
    }

    package func submittedJobs(
        after: Date,
        by submitter: String,
        limit: Int,
        offset: Int
    ) async throws(LabError) -> LabPage {
        LabPage(
            try await asking { () async throws(LAVAError) in
                try await client.submittedJobs(after: after, by: submitter, limit: limit, offset: offset)
            }
        )
    }

    package func jobs(ids: [LabJobID]) async throws(LabError) -> LabLookup {
        let seen = try await asking { () async throws(LAVAError) in try await client.jobs(ids: ids.compactMap(\.number))
        }
        return LabLookup(jobs: seen.jobs.map(SeenLabJob.init), unreadable: Set(seen.unreadable.map { LabJobID($0) }))
    }

    package func job(_ id: LabJobID) async throws(LabError) -> SeenLabJob {
        guard let number = id.number else { throw LabError(LAVAError.none) }
        return try await asking { () async throws(LAVAError) in SeenLabJob(try await client.job(number, isFetch: true))
        }
    }

    package func cancel(_ ids: [LabJobID]) async throws(LabError) -> Set<LabJobID> {
        let unknown = try await asking { () async throws(LAVAError) in
            try await client.cancel(ids.compactMap(\.number))
        }
        return Set(unknown.map { LabJobID($0) } + ids.filter { $0.number == nil })
    }
}

extension LabPage {
    init(_ page: LAVAPage) {
        self.init(
            jobs: page.jobs.map(SeenLabJob.init),
            rowCount: page.rowCount,
            hasMore: page.hasMore,
            date: page.date
        )
    }
}

extension SeenLabJob {
    init(_ job: LAVAJob) {
        self.init(
            id: LabJobID(job.id),
            state: LabJobState(rawValue: job.state.text),
            health: LabHealth(rawValue: job.health.text),
            role: job.role,
            device: job.actualDevice,
            deviceType: job.requestedDeviceType,
            submitTime: job.submitTime,
            startTime: job.startTime,
            endTime: job.endTime,
            tag: job.comment.flatMap(MusterTag.read)
        )
    }
}

extension LAVAServer {
    package func withEvents(_ body: (LabEvents) async throws -> Void) async throws {
        let stream = LAVAEventStream(lab: client.lab, limits: Self.eventLimits, logger: logger)
        do {
            try await stream.withEvents { events in
                try await body(
                    LabEvents {
                        // Several that take share the events.
                        var events = events.makeAsyncIterator()
                        return try await asking { () async throws(LAVAError) in try await events.next() }
                            .map(LabEvent.init)
                    }
                )
            }
        } catch let error as LAVAError {
            throw LabError(error)
        }
    }
}

extension LabEvent {
    init(_ event: LAVAEvent) {
        switch event {
        case .connected: self = .connected
        case .overflow: self = .overflow
        case .job(let event): self = .job(LabJobEvent(event))
        }
    }
}

extension LabJobEvent {
    init(_ event: LAVAJobEvent) {
        self.init(
            id: LabJobID(event.job),
            state: LabJobState(rawValue: event.state.text),
            health: LabHealth(rawValue: event.health.text),
            device: event.device,
            submitter: event.submitter,
            submitTime: event.submitTime,
            startTime: event.startTime,
            endTime: event.endTime
        )
    }
}
