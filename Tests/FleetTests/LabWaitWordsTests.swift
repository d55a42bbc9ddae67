// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Fleet

@Suite("What a jobset waits for, in words")
struct LabWaitWordsTests {
    @Test(
        "says the lab, the reason and how many jobs",
        arguments: [
            (.paused, "holidays", 3, "lab-b is paused: holidays; 3 jobs wait for it"),
            (.stopped, "HTTP 403", 1, "lab-b does not let the fleet submit: HTTP 403; 1 job waits for it"),
            (.broken, nil, 3_249, "lab-b is broken; 3,249 jobs wait for it"),
            (.busy, nil, 2, "2 jobs wait for a turn in lab-b"),
            (.silent, "timed out", 2, "lab-b does not answer: timed out; it has 2 jobs"),
            (.unfetched, "HTTP 500\nand more", 1, "lab-b does not give the results of 1 job: HTTP 500 and more"),
        ] as [(LabWait.Kind, String?, Int, String)]
    )
    func line(kind: LabWait.Kind, reason: String?, jobs: Int, line: String) {
        let wait = LabWait(backend: "lab-b", kind: kind, reason: reason, since: nil, jobs: jobs)
        #expect(wait.line == line)
        #expect(wait.isTrouble == (kind != .busy))
    }
}
