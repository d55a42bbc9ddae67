// SPDX-License-Identifier: Apache-2.0

import TestSupport

/// Draws the faults of a campaign.
struct FaultDrawing {
    var random: SplitMix64
    /// In milliseconds.
    let end: Int

    mutating func draw() -> [PlannedFault] {
        var faults = servers()
        faults += lane(.workers, every: 300...2_500) { $0.worker() }
        faults += lane(.network, every: 800...4_000) { $0.network() }
        faults += lane(.labs, every: 600...3_000) { $0.lab() }
        faults += lane(.receiver, every: 2_000...6_000) { $0.receiver() }
        return faults.sorted { $0.at < $1.at }
    }

    private mutating func lane(
        _ lane: PlannedFault.Lane,
        every pause: ClosedRange<Int>,
        _ draw: (inout FaultDrawing) -> CampaignFault
    ) -> [PlannedFault] {
        var faults: [PlannedFault] = []
        var at = random.number(pause)
        while at < end {
            faults.append(PlannedFault(at: at, lane: lane, fault: draw(&self)))
            at += random.number(pause)
        }
        return faults
    }

    private static let restarts: [CampaignFault] = [
        .restart(["postgres", "--immediate"]), .restart(["rabbitmq", "--immediate"]), .wipeBroker,
    ]

    /// A short campaign has each once, spread over its time; a long one goes on with more.
    private mutating func servers() -> [PlannedFault] {
        let first = Self.restarts.shuffled(using: &random)
        var faults: [PlannedFault] = []
        var at = min(end, 60_000) * 15 / 100
        for fault in first {
            faults.append(PlannedFault(at: at, lane: .servers, fault: fault))
            at += min(end, 60_000) * 28 / 100
        }
        at += random.number(10_000...30_000)
        while at < end - 10_000 {
            let fault = random.pick([
                (3, Self.restarts[0]), (2, Self.restarts[1]), (2, Self.restarts[2]), (1, .restart(["rabbitmq"])),
                (1, .restart(["postgres"])),
            ])
            faults.append(PlannedFault(at: at, lane: .servers, fault: fault))
            at += random.number(15_000...45_000)
        }
        return faults
    }

    private static let points: [TestFleet.Role: [String]] = [
        .ingest: ["ingest.received", "ingest.stored", "ingest.published", "ingest.answered"],
        .submitter: [
            "submitter.claimed", "submitter.before-submit", "submitter.submitted", "submitter.recorded",
            "submitter.finished", "submitter.taken",
        ],
        .watcher: [
            "watcher.observed", "watcher.announced", "watcher.fetched", "watcher.stored", "watcher.flushed",
        ],
        .notifier: ["notifier.before-try", "notifier.after-try-before-record"],
    ]

    private mutating func worker() -> CampaignFault {
        let role = random.pick(TestFleet.Role.allCases)
        guard random.chance(50), let points = Self.points[role] else { return .kill(role) }
        let point = random.pick(points)
        return .arm(role, "\(point)@\(random.number(1...6))")
    }

    private mutating func network() -> CampaignFault {
        let way = random.pick(CampaignFault.Way.allCases)
        let time = random.number(100...2_500)
        return random.pick([
            (4, .cut(way)), (2, .refuse(way, time)), (2, .hold(way, time)),
            (2, .delay(way, by: random.number(5...80), time)), (3, .loseCommits(random.number(1...5))),
        ])
    }

    private mutating func receiver() -> CampaignFault {
        let time = random.number(300...3_000)
        return random.pick([
            (2, .answer(500, time)), (1, .answer(503, time)), (1, .answer(302, time)), (1, .hang(time)),
            (2, .loseAnswers(random.number(1...5))),
        ])
    }

    private mutating func lab() -> CampaignFault {
        let lab = random.pick(CampaignPlan.labs)
        if random.chance(10) { return .restartLab(lab, random.number(100...3_000)) }
        if random.chance(15) {
            let order = random.pick([#"{"cut": true}"#, #"{"refuse_ms": 1500}"#, #"{"silent_ms": 1500}"#])
            return .streams(lab, order)
        }
        let submissions = #""match": {"method": "POST", "path": "jobs/"}"#
        let count = random.number(1...4)
        let many = random.number(5...40)
        // Longer than anybody waits for an answer here, and than a doubt takes to settle, or not.
        let hold = random.number(1_500...CampaignPlan.longestHold)
        let refusal = random.pick([401, 403, 404, 429])
        let order = random.pick([
            "\(submissions), \"kind\": \"cutAfterAccept\", \"count\": \(count)",
            "\(submissions), \"kind\": \"cutBeforeAccept\", \"count\": \(count)",
            "\(submissions), \"kind\": \"cutMidAnswer\", \"count\": \(count)",
            "\(submissions), \"kind\": \"status\", \"status\": 500, \"count\": \(count)",
            "\(submissions), \"kind\": \"statusAfterAccept\", \"status\": 502, \"count\": \(count)",
            "\(submissions), \"kind\": \"status\", \"status\": 429, \"retry_after\": \"1\", \"count\": \(count)",
            "\(submissions), \"kind\": \"hang\", \"delay_ms\": 3000, \"count\": 1",
            "\(submissions), \"kind\": \"hangAfterAccept\", \"delay_ms\": 3000, \"count\": 1",
            "\(submissions), \"kind\": \"slow\", \"delay_ms\": 500, \"count\": \(count)",
            "\(submissions), \"kind\": \"slow\", \"delay_ms\": \(hold), \"count\": \(count)",
            "\(submissions), \"kind\": \"holdRequest\", \"delay_ms\": \(hold), \"count\": \(count)",
            "\(submissions), \"kind\": \"holdUntilRepeat\", \"delay_ms\": \(CampaignPlan.longestHold), \"count\": \(count)",
            "\"kind\": \"holdRequest\", \"delay_ms\": \(hold), \"every\": 5, \"count\": \(count)",
            "\"match\": {\"method\": \"GET\", \"path\": \"jobs/\"}, \"kind\": \"status\", \"status\": 403, \"count\": \(many)",
            "\"match\": {\"path\": \"jobs/*/tests/\"}, \"kind\": \"status\", \"status\": \(refusal), \"count\": \(many)",
            "\"kind\": \"status\", \"status\": 500, \"count\": \(many)",
            "\"kind\": \"status\", \"status\": 503, \"count\": \(many)",
            "\"kind\": \"slow\", \"delay_ms\": 200, \"count\": \(many)",
            "\"kind\": \"cutMidAnswer\", \"count\": \(count)",
            "\"kind\": \"trickle\", \"delay_ms\": 50, \"count\": \(count)",
            "\"kind\": \"hang\", \"delay_ms\": 3000, \"count\": \(count)",
            "\"kind\": \"refuse\", \"count\": \(many)",
            "\"kind\": \"resetConnection\", \"count\": \(many)",
            "\"kind\": \"dropEvent\", \"count\": \(many)",
            "\"kind\": \"repeatEvent\", \"count\": \(many)",
            "\"kind\": \"earlyEvent\", \"delay_ms\": 300, \"count\": \(many)",
            "\"kind\": \"backwardsEvent\", \"count\": \(many)",
        ])
        return .order(lab, "{\(order)}")
    }
}
