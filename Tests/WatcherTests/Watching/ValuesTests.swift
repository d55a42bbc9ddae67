// SPDX-License-Identifier: Apache-2.0

import FleetStore
import Foundation
import LAVA
import Labs
import Testing

@testable import LAVALabs
@testable import Watcher

@Suite("LAVA's values as they are stored")
struct ValuesTests {
    let times = (1...3).map { Date(timeIntervalSince1970: 1_700_000_000 + Double($0)) }

    @Test(
        "A state is stored by LAVA's own word",
        arguments: [
            (LAVAJob.State.submitted, "Submitted"), (.scheduling, "Scheduling"), (.scheduled, "Scheduled"),
            (.running, "Running"), (.canceling, "Canceling"), (.finished, "Finished"), (.unknown("Paused"), "Paused"),
            (.unknown("a\0b"), "a\u{FFFD}b"),
        ]
    )
    func states(_ state: LAVAJob.State, _ word: String) {
        let job = SeenLabJob(LAVAJob(id: 7, state: state, health: .complete))
        #expect(LabJobLook(id: 1, job) == LabJobLook(id: 1, labState: word, role: nil, submitTime: nil, startTime: nil))
    }

    @Test(
        "A health is stored by LAVA's own word",
        arguments: [
            (LAVAJob.Health.complete, "Complete"), (.incomplete, "Incomplete"), (.canceled, "Canceled"),
            (.unknown("Unknown"), "Unknown"), (.unknown("\0"), "\u{FFFD}"),
        ]
    )
    func healths(_ health: LAVAJob.Health, _ word: String) {
        #expect(LabJobObservation(SeenLabJob(LAVAJob(id: 7, state: .finished, health: health)))?.health == word)
    }

    @Test("An event says what is looked for in it")
    func event() {
        let event = LAVAJobEvent(
            job: 7,
            state: .finished,
            health: .incomplete,
            device: "board\0-1",
            submitter: "ci",
            submitTime: times[0],
            startTime: times[1],
            endTime: times[2]
        )
        let expected = LabJobObservation(
            number: 7,
            labState: "Finished",
            health: "Incomplete",
            device: "board\u{FFFD}-1",
            submitTime: times[0],
            startTime: times[1],
            endTime: times[2]
        )
        #expect(LabJobObservation(LabJobEvent(event)) == expected)
    }

    @Test("So does a row of the lab, and no text in it is unstorable")
    func row() throws {
        let tag = UUID()
        let job = LAVAJob(
            id: 7,
            state: .finished,
            health: .complete,
            actualDevice: "board\0-1",
            submitTime: times[0],
            startTime: times[1],
            endTime: times[2],
            comment: "muster: \(tag.uuidString.lowercased())"
        )
        let observation = try #require(LabJobObservation(SeenLabJob(job)))
        #expect(observation.number == 7)
        #expect(observation.tag == tag)
        #expect(observation.health == "Complete")
        #expect(observation.device == "board\u{FFFD}-1")
        #expect([observation.submitTime, observation.startTime, observation.endTime] == times)
    }
}
