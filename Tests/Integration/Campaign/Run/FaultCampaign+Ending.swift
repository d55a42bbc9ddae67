// SPDX-License-Identifier: Apache-2.0

import AMQP
import Fleet
import FleetQueues
import Foundation
import NIOHTTP1

/// How a campaign ends, and what is seen then.
extension FaultCampaign {
    /// Waits until nothing is left to do, at most until nothing has become less for a while: the checker finds what is
    /// left then.
    func settle() async throws {
        let begin = ContinuousClock.now
        var last = ""
        var (least, lessAt) = (Int.max, begin)
        while ContinuousClock.now < lessAt + settleLimit {
            do {
                let (jobsets, running, due, doubtful) = try await witness.progress()
                let unknown = record.unknown.count
                let inLabs = try await leftInLabs()
                let depths = try await depths()
                let queued = depths.filter { $0.key != fleet.topology.dead }.values.reduce(0, +)
                last =
                    "\(jobsets) jobsets, \(running) run, \(unknown) not taken in; \(due) deliveries due; "
                    + "\(inLabs) in labs or on the way there, \(doubtful) to be looked for or canceled; \(queued) messages"
                let left = running + unknown + due + inLabs + doubtful + queued
                if left < least { (least, lessAt) = (left, ContinuousClock.now) }
                if left == 0 {
                    tally.add("seconds until all was over", Int((ContinuousClock.now - begin).components.seconds))
                    return
                }
            } catch {
                last = "\(error)"
            }
            try await Task.sleep(for: .milliseconds(500))
        }
        print("the campaign is not over, and nothing has become less for \(settleLimit): \(last)")
    }

    /// What labs have still to end, and what fronts have still to deliver.
    private func leftInLabs() async throws -> Int {
        struct Statistics: Decodable {
            let jobs: [String: Int]
            let waiting: Int
        }
        var count = 0
        for lab in labs.keys {
            let text = try await control(lab, .GET, "stats")
            let statistics = try JSONDecoder().decode(Statistics.self, from: Data(text.utf8))
            count += statistics.waiting + statistics.jobs.filter { $0.key != "Finished" }.values.reduce(0, +)
        }
        return count
    }

    /// How many messages each queue has for whoever comes for them.
    private func depths() async throws -> [String: Int] {
        let queues = fleet.topology.topology.queues.map(\.name)
        return try await fleet.withSession { session in
            var depths: [String: Int] = [:]
            for queue in queues { depths[queue] = try await session.messageCount(queue)?.messages ?? 0 }
            return depths
        }
    }

    private func deadLetters() async throws -> [CampaignHistory.DeadLetter] {
        try await fleet.withSession { session in
            var letters: [CampaignHistory.DeadLetter] = []
            while letters.count < 100, let got = try await session.get(queue: fleet.topology.dead) {
                let headers = got.message.properties.headers
                let body = String(decoding: got.message.body.prefix(200), as: UTF8.self)
                let reason = headers?["x-muster-reason"]?.string ?? headers?["x-first-death-reason"]?.string
                letters.append(.init(queue: fleet.topology.dead, reason: reason.map { "\($0): \(body)" }))
            }
            return letters
        }
    }

    /// All that was seen, once no worker is left: then every message in hand is in its queue again.
    func history() async throws -> CampaignHistory {
        var history = CampaignHistory()
        history.published = record.published
        history.isPunctual = !plan.holdsRequests
        for lab in CampaignPlan.labs {
            let file = fleet.folder.appendingPathComponent("\(lab).jsonl")
            history.labs[lab] = LabLog(lines: try String(contentsOf: file, encoding: .utf8))
        }
        history.received = fleet.receiver.received.map { received in
            let id = received.id.hasPrefix("msg_") ? String(received.id.dropFirst(4)) : received.id
            return .init(id: id, body: received.body, status: received.status)
        }
        history.depths = try await depths()
        history.deadLetters = try await deadLetters()
        history.depths[fleet.topology.dead] = nil
        history.rows = try await witness.rows()
        tally.add("callbacks", Set(history.received.map(\.id)).count)
        tally.add("requests of callbacks", history.received.count)
        tally.add("attempts", history.rows.attempts.count)
        tally.add("surplus lab jobs", history.rows.surplus.count)
        tally.add("surplus lab jobs canceled", canceledSurplus(history))
        tally.add("lab jobs", history.labs.values.reduce(0) { $0 + $1.jobs.count })
        return history
    }

    private func canceledSurplus(_ history: CampaignHistory) -> Int {
        let labs = Dictionary(uniqueKeysWithValues: history.rows.attempts.map { ($0.id, $0.backend) })
        return history.rows.surplus.count { surplus in
            labs[surplus.attempt].flatMap { history.labs[$0]?.jobs[surplus.number]?.health } == "Canceled"
        }
    }
}
