// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The checker on hand-made histories: silent over a clean one, and each thing that can go wrong is seen.
struct CampaignCheckerTests {
    // MARK: a clean history

    static let jobset = UUID()
    static let attempts = [UUID(), UUID()]
    static let callback = UUID()

    static func body(
        verdict: String = "passed",
        outcomes: String = #"{"complete":2}"#,
        generation: Int = 1,
        event: String = "finished",
        note: String = ""
    ) -> [UInt8] {
        let id = jobset.uuidString.lowercased()
        return Array(
            """
            {"type":"jobset.\(event)","version":1,"data":{"jobset":"\(id)","generation":\(generation),
            "verdict":"\(verdict)","total":2,"outcomes":\(outcomes),"note":"\(note)"}}
            """.utf8
        )
    }

    /// Two jobs, complete, in one lab; one report and one callback.
    static func clean() -> CampaignHistory {
        var history = CampaignHistory()
        let published = CampaignHistory.PublishedJob(pass: 4)
        history.published = [.init(id: jobset, jobs: [published, published])]
        history.labs["lab-a"] = LabLog(
            jobs: attempts.enumerated().map { place, attempt in
                .init(id: place + 1, tag: attempt.uuidString.lowercased(), health: "Complete")
            }
        )
        history.rows.jobsets = [
            .init(
                id: jobset,
                state: "finished",
                sealed: true,
                generation: 1,
                total: 2,
                pending: 0,
                failures: 0,
                verdict: "passed",
                canceled: false,
                deadlinePassed: false,
                hasCallback: true,
                events: nil,
                retries: 0
            )
        ]
        for place in 0..<2 {
            history.rows.jobs.append(
                .init(
                    id: place + 10,
                    jobset: jobset,
                    position: place,
                    backend: "lab-a",
                    state: "finished",
                    outcome: "complete",
                    generation: 1,
                    testsPass: 4,
                    testsFail: 0,
                    testsSkip: 0
                )
            )
            history.rows.attempts.append(
                .init(
                    id: attempts[place],
                    job: place + 10,
                    number: 1,
                    generation: 1,
                    backend: "lab-a",
                    isSubmitted: true
                )
            )
            history.rows.labJobs.append(.init(attempt: attempts[place], number: place + 1))
            history.rows.jobSteps.append(.init(job: place + 10, generation: 1, hasFailed: false))
        }
        history.rows.jobsetSteps = [.init(jobset: jobset, generation: 1, unfinished: 0)]
        history.rows.deliveries = [
            .init(id: UUID(), jobset: jobset, generation: 1, event: "finished", kind: "report", state: "delivered"),
            .init(id: callback, jobset: jobset, generation: 1, event: "finished", kind: "callback", state: "delivered"),
        ]
        let id = callback.uuidString.lowercased()
        history.received = [
            .init(id: id, body: body(), status: 500), .init(id: id, body: body(), status: 200),
            .init(id: id, body: body(), status: 200),
        ]
        history.depths = ["jobsets": 0, "dead": 0]
        return history
    }

    @Test("A clean history has nothing wrong with it, though a callback came three times")
    func cleanHistory() {
        #expect(CampaignChecker.check(Self.clean()).map(\.description) == [])
        #expect(CampaignChecker.check(CampaignHistory()).isEmpty)
    }

    @Test(
        "What was one too many is nothing wrong, if it is known and was canceled, or was over before",
        arguments: 0...2
    )
    func surplus(way: Int) {
        var history = Self.clean()
        Self.addSurplus(way < 2 ? "Canceled" : "Complete", endedAt: way == 0 ? nil : 1_010, &history)
        #expect(CampaignChecker.check(history).map(\.description) == [])
    }

    @Test(
        "What came into a lab after the end of its job is nothing wrong, if it is known",
        arguments: ["canceled", "expired"]
    )
    func late(outcome: String) {
        var history = Self.clean()
        Self.cancelSecond(&history)
        if outcome == "expired" {
            history.published[0].isCanceled = false
            history.published[0].hasDeadline = true
            history.rows.jobsets[0].canceled = false
            history.rows.jobsets[0].deadlinePassed = true
            Self.end(1, "expired", &history)
        }
        history.rows.attempts[1].isSubmitted = false
        #expect(CampaignChecker.check(history).map(\.description) == [])
    }

    // MARK: what goes wrong

    struct Spoilt: Sendable, CustomTestStringConvertible {
        let what: String
        let kinds: Set<Violation.Kind>
        let spoil: @Sendable (inout CampaignHistory) -> Void
        var testDescription: String { what }

        init(_ what: String, _ kinds: Violation.Kind..., spoil: @escaping @Sendable (inout CampaignHistory) -> Void) {
            self.what = what
            self.kinds = Set(kinds)
            self.spoil = spoil
        }
    }

    @Test("What is wrong is seen, and nothing else", arguments: jobsetFaults + jobFaults + labFaults + eventFaults)
    func spoilt(_ spoilt: Spoilt) {
        var history = Self.clean()
        spoilt.spoil(&history)
        let found = CampaignChecker.check(history)
        #expect(Set(found.map(\.kind)) == spoilt.kinds, "\(found)")
    }

    static let jobsetFaults: [Spoilt] = [
        Spoilt("a confirmed jobset is nowhere", .lost) { history in
            history.published.append(.init(id: UUID(), jobs: [], wasAccepted: false))
        },
        Spoilt("an accepted jobset is gone", .gone) { history in
            history.published.append(.init(id: UUID(), jobs: []))
        },
        Spoilt("a confirmed addition is not in", .lost) { history in
            history.published[0].additions = [.init(id: UUID(), jobs: [])]
        },
        Spoilt("an addition counts for more than it brought", .counter) { history in
            let id = UUID()
            history.published[0].jobs.removeLast()
            history.published[0].additions = [.init(id: id, jobs: [.init(pass: 4), .init(pass: 4)])]
            history.rows.additions = [.init(jobset: jobset, id: id, firstPosition: 1, jobs: 1)]
        },
        Spoilt("a jobset runs on", .unfinished) { history in
            history.rows.jobsets[0].state = "running"
            history.rows.jobsets[0].verdict = nil
            history.rows.jobsetSteps = []
            history.rows.deliveries = []
            history.received = []
        },
        Spoilt("pending is not zero", .counter) { $0.rows.jobsets[0].pending = 1 },
        Spoilt("total is not the number of jobs", .counter, .untrueBody) { $0.rows.jobsets[0].total = 3 },
        Spoilt("failures that were none", .counter) { $0.rows.jobsets[0].failures = 1 },
        Spoilt("a verdict that does not follow", .untrueVerdict, .untrueBody) { history in
            history.rows.jobsets[0].verdict = "failed"
        },
        Spoilt("it finished before its last job", .finishedEarly) { $0.rows.jobsetSteps[0].unfinished = 1 },
        Spoilt("it finished twice", .finishedTwice) { $0.rows.jobsetSteps.append($0.rows.jobsetSteps[0]) },
        Spoilt("messages are left", .messagesLeft) { $0.depths["jobsets"] = 3 },
        Spoilt("a message was put aside", .deadLetter) { history in
            history.deadLetters = [.init(queue: "muster.dead", reason: nil)]
        },
    ]

    static let jobFaults: [Spoilt] = [
        Spoilt("a job ended twice", .endedTwice) { $0.rows.jobSteps.append($0.rows.jobSteps[0]) },
        Spoilt("no end of a job was seen", .neverEnded) { $0.rows.jobSteps.removeLast() },
        Spoilt("complete, which its lab did not", .untrueOutcome) { history in
            history.labs["lab-a"] = LabLog(jobs: [
                .init(id: 1, tag: attempts[0].uuidString.lowercased(), health: "Incomplete"),
                .init(id: 2, tag: attempts[1].uuidString.lowercased(), health: "Complete"),
            ])
        },
        Spoilt("rejected, which its lab took", .untrueOutcome) { end(1, "rejected", &$0) },
        Spoilt("rejected, which its lab would have taken", .causelessOutcome) { history in
            end(1, "rejected", &history)
            unmake(1, &history)
        },
        Spoilt("canceled by nobody", .causelessOutcome) { end(1, "canceled", failed: false, &$0) },
        Spoilt("expired without a deadline", .causelessOutcome) { end(1, "expired", &$0) },
        Spoilt("lost, which its lab has", .causelessOutcome) { end(1, "lost", &$0) },
        Spoilt("undeliverable without cause", .causelessOutcome) { end(1, "undeliverable", &$0) },
        Spoilt("counts of tests that are not so", .untrueTests) { $0.rows.jobs[0].testsPass = 3 },
        Spoilt("a needless second attempt", .needlessAttempt, .tooManyAttempts) { history in
            let id = UUID()
            history.rows.attempts.append(
                .init(id: id, job: 10, number: 2, generation: 1, backend: "lab-a", isSubmitted: true)
            )
            history.rows.labJobs.append(.init(attempt: id, number: 3))
            history.labs["lab-a"]?.add(.init(id: 3, tag: id.uuidString.lowercased(), health: "Complete"))
        },
    ]

    static let labFaults: [Spoilt] = [
        Spoilt("an attempt was sent twice", .submittedTwice, .otherLabJobs) { history in
            history.labs["lab-a"]?.add(.init(id: 3, tag: attempts[0].uuidString.lowercased(), health: "Complete"))
        },
        Spoilt("an attempt was sent twice, and both are taken for its own", .submittedTwice, .untrueOutcome) {
            history in
            addSurplus("Canceled", &history)
            history.rows.surplus = []
            history.rows.labJobs.append(.init(attempt: attempts[0], number: 3))
        },
        Spoilt("an attempt was sent twice, and its tests count twice", .untrueTests) { history in
            addSurplus("Canceled", &history)
            history.rows.jobs[0].testsPass = 8
        },
        Spoilt("one is too many, and its cancellation is taken for its job's", .untrueOutcome) { history in
            addSurplus("Complete", endedAt: 1_010, &history)
            history.rows.surplus[0].number = 1
            history.rows.labJobs[0].number = 3
            history.labs["lab-a"]?.add(.init(id: 1, tag: attempts[0].uuidString.lowercased(), health: "Canceled"))
            history.labs["lab-a"]?.add(.init(id: 3, tag: attempts[0].uuidString.lowercased(), health: "Incomplete"))
        },
        Spoilt("its own lab job was canceled as one too many", .causelessOutcome) { history in
            addSurplus("Complete", endedAt: 1_010, &history)
            end(0, "canceled", failed: false, &history)
            history.labs["lab-a"]?.add(.init(id: 1, tag: attempts[0].uuidString.lowercased(), health: "Canceled"))
        },
        Spoilt("one is too many and runs on to its end", .surplusLeft) { history in
            addSurplus("Complete", endedAt: 1_300, &history)
        },
        Spoilt("one is too many though nothing was carried out late", .submittedTwice) { history in
            addSurplus("Canceled", &history)
            history.isPunctual = true
        },
        Spoilt("one is too many and never ends", .surplusLeft, .leftInLab) { addSurplus(nil, &$0) },
        Spoilt("one is too many that its lab never made", .otherLabJobs) { history in
            history.rows.surplus = [.init(attempt: attempts[0], number: 3, foundAt: 1_000)]
        },
        Spoilt("what came into a lab after the end of its job is not known", .unknownLabJob) { history in
            cancelSecond(&history)
            history.rows.attempts[1].isSubmitted = false
            history.rows.labJobs.removeLast()
        },
        Spoilt("half a group is in the lab", .submittedInPart, .untrueTests) { $0.published[0].jobs[0].members = 2 },
        Spoilt("a lab job that no row knows of", .unknownLabJob) { history in
            history.labs["lab-b"] = LabLog(jobs: [.init(id: 1, tag: "stranger", health: "Complete")])
        },
        Spoilt("a lab job whose attempt is said not to be in the lab", .unknownLabJob) { history in
            history.rows.attempts[0].isSubmitted = false
        },
        Spoilt("an attempt that never was in its lab", .neverSubmitted, .causelessOutcome) { history in
            end(1, "lost", &history)
            unmake(1, &history)
        },
        Spoilt("rows name another lab job", .otherLabJobs) { $0.rows.labJobs[0].number = 9 },
        Spoilt("a lab job never ended", .leftInLab) { history in
            cancelSecond(&history)
            history.labs["lab-a"] = LabLog(jobs: [
                .init(id: 1, tag: attempts[0].uuidString.lowercased(), health: "Complete"),
                .init(id: 2, tag: attempts[1].uuidString.lowercased(), health: nil),
            ])
        },
    ]

    static let eventFaults: [Spoilt] = [
        Spoilt("no report", .missingEvent) { $0.rows.deliveries.removeFirst() },
        Spoilt("no callback", .missingEvent, .unknownCallback) { $0.rows.deliveries.removeLast() },
        Spoilt("an event that did not happen", .groundlessEvent, .neverReceived) { history in
            history.rows.jobsets[0].events = ["finished", "canceled"]
            history.rows.deliveries.append(
                .init(
                    id: UUID(),
                    jobset: jobset,
                    generation: 1,
                    event: "canceled",
                    kind: "callback",
                    state: "delivered"
                )
            )
        },
        Spoilt("an event with two deliveries", .repeatedEvent, .differingBodies) { history in
            var again = history.rows.deliveries[1]
            again.id = UUID()
            history.rows.deliveries.append(again)
            history.received.append(.init(id: again.id.uuidString.lowercased(), body: body(), status: 200))
        },
        Spoilt("an event of its life that is not told", .missingEvent) { history in
            history.rows.jobsets[0].events = ["finished", "deadline"]
            history.rows.jobsets[0].deadlinePassed = true
        },
        Spoilt("a delivery that was given up", .undelivered) { $0.rows.deliveries[1].state = "failed" },
        Spoilt("a callback that nobody took", .neverReceived) { $0.received.removeLast(2) },
        Spoilt("a callback that nobody sent", .unknownCallback) { history in
            history.received.append(.init(id: "stranger", body: body(), status: 200))
        },
        Spoilt("two bodies under one id", .differingBodies) { history in
            history.received.append(.init(id: history.received[0].id, body: body(note: "other"), status: 200))
        },
        Spoilt("a body with another verdict", .untrueBody) { history in
            history.received = history.received.map { .init(id: $0.id, body: body(verdict: "failed"), status: 200) }
        },
        Spoilt("a body of another generation", .untrueBody) { history in
            history.received = history.received.map { .init(id: $0.id, body: body(generation: 2), status: 200) }
        },
        Spoilt("a body that can't be read", .untrueBody) { history in
            history.received = history.received.map { .init(id: $0.id, body: [0x7B], status: 200) }
        },
    ]

    /// Its lab made the first attempt twice, and the second of the two is known to be too many.
    private static func addSurplus(_ health: String?, endedAt: Double? = nil, _ history: inout CampaignHistory) {
        let tag = attempts[0].uuidString.lowercased()
        history.labs["lab-a"]?.add(.init(id: 3, tag: tag, health: health, endedAt: endedAt))
        history.rows.surplus = [.init(attempt: attempts[0], number: 3, foundAt: 1_000)]
    }

    /// The second job was canceled with its jobset.
    private static func cancelSecond(_ history: inout CampaignHistory) {
        history.published[0].isCanceled = true
        history.rows.jobsets[0].canceled = true
        end(1, "canceled", failed: false, &history)
        history.rows.jobsets[0].verdict = "canceled"
        history.received = history.received.map { received in
            let outcomes = #"{"complete":1,"canceled":1}"#
            return .init(id: received.id, body: body(verdict: "canceled", outcomes: outcomes), status: 200)
        }
    }

    /// A job ends otherwise, and everything that follows from that follows.
    private static func end(_ place: Int, _ outcome: String, failed: Bool = true, _ history: inout CampaignHistory) {
        history.rows.jobs[place].outcome = outcome
        history.rows.jobSteps[place].hasFailed = failed
        history.rows.jobsets[0].failures = failed ? 1 : 0
        let verdict = outcome == "rejected" ? "failed" : "incomplete"
        history.rows.jobsets[0].verdict = verdict
        history.received = history.received.map { received in
            let body = body(verdict: verdict, outcomes: #"{"complete":1,"\#(outcome)":1}"#)
            return .init(id: received.id, body: body, status: received.status)
        }
    }

    /// The lab has never had a job.
    private static func unmake(_ place: Int, _ history: inout CampaignHistory) {
        let kept = 1 - place
        history.labs["lab-a"] = LabLog(
            jobs: [.init(id: kept + 1, tag: attempts[kept].uuidString.lowercased(), health: "Complete")]
        )
        if history.rows.jobs[place].outcome == "rejected" { history.rows.attempts[place].isSubmitted = false }
        history.rows.labJobs.remove(at: place)
    }
}
