// SPDX-License-Identifier: Apache-2.0

import LAVA
package import Labs

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
