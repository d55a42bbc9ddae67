// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Reports and callbacks: each event told once, under one id, in the same words.
extension CampaignChecker {
    /// One thing to be told.
    private struct Told: Hashable {
        let jobset: UUID
        let generation: Int
        let event: String
        let kind: String

        var words: String { "\(kind) of \(event) in generation \(generation)" }
    }

    mutating func checkDeliveries() {
        let deliveries = Dictionary(grouping: history.rows.deliveries) {
            Told(jobset: $0.jobset, generation: $0.generation, event: $0.event, kind: $0.kind)
        }
        let wanted = wantedDeliveries()
        for told in wanted.subtracting(deliveries.keys).sorted(by: { $0.words < $1.words }) {
            note(.missingEvent, told.jobset, "there is no \(told.words)")
        }
        for told in Set(deliveries.keys).subtracting(wanted).sorted(by: { $0.words < $1.words }) {
            note(.groundlessEvent, told.jobset, "there is a \(told.words)")
        }
        for (told, rows) in deliveries where rows.count > 1 {
            note(.repeatedEvent, told.jobset, "there are \(rows.count) rows for the \(told.words)")
        }
        let taken = Set(history.received.filter(\.wasTaken).map(\.id))
        for delivery in history.rows.deliveries {
            if delivery.state != "delivered" {
                note(.undelivered, delivery.jobset, "the \(delivery.kind) of \(delivery.event) is \(delivery.state)")
            } else if delivery.kind == "callback", !taken.contains(delivery.id.uuidString.lowercased()) {
                note(.neverReceived, delivery.jobset, "nobody has taken the callback \(delivery.id)")
            }
        }
    }

    private func wantedDeliveries() -> Set<Told> {
        var wanted: Set<Told> = []
        let ends = Dictionary(grouping: history.rows.jobsetEnds, by: \.jobset)
        let failed = Dictionary(grouping: history.rows.jobSteps.filter(\.hasFailed)) { jobs[$0.job]?.jobset }
            .mapValues { Set($0.map(\.generation)) }
        for jobset in history.rows.jobsets {
            let chosen = jobset.hasCallback ? Set(jobset.events ?? ["finished"]) : []
            for generation in 1...max(1, jobset.generation) {
                let isLast = generation == jobset.generation
                let end = ends[jobset.id]?.first { $0.generation == generation }
                var happened: Set<String> = []
                if !isLast || jobset.state == "finished" {
                    happened.insert("finished")
                    wanted.insert(
                        Told(jobset: jobset.id, generation: generation, event: "finished", kind: "report")
                    )
                }
                if isLast ? jobset.canceled : end?.canceled ?? false { happened.insert("canceled") }
                if isLast ? jobset.deadlinePassed : end?.deadlinePassed ?? false { happened.insert("deadline") }
                if failed[jobset.id]?.contains(generation) ?? false { happened.insert("first_failure") }
                for event in happened.intersection(chosen) {
                    wanted.insert(Told(jobset: jobset.id, generation: generation, event: event, kind: "callback"))
                }
            }
        }
        return wanted
    }

    mutating func checkReceived() {
        let deliveries = Dictionary(
            uniqueKeysWithValues: history.rows.deliveries.map { ($0.id.uuidString.lowercased(), $0) }
        )
        var ids: [Told: Set<String>] = [:]
        for (id, requests) in Dictionary(grouping: history.received, by: \.id).sorted(by: { $0.key < $1.key }) {
            guard let delivery = deliveries[id], delivery.kind == "callback" else {
                note(.unknownCallback, "callback \(id)", "no delivery has this id")
                continue
            }
            if Set(requests.map(\.body)).count > 1 {
                note(.differingBodies, "callback \(id)", "its tries have several bodies")
            }
            guard let body = requests.first.flatMap({ CallbackBodyRead($0.body) }) else {
                note(.untrueBody, "callback \(id)", "its body can't be read")
                continue
            }
            let told = Told(jobset: body.jobset, generation: body.generation, event: body.event, kind: "callback")
            ids[told, default: []].insert(id)
            check(body, of: delivery)
        }
        for (told, ids) in ids where ids.count > 1 {
            note(.differingBodies, told.jobset, "the \(told.words) came under \(ids.count) ids")
        }
    }

    private mutating func check(_ body: CallbackBodyRead, of delivery: CampaignRows.Delivery) {
        let said = [body.jobset.uuidString, "\(body.generation)", body.event]
        let wanted = [delivery.jobset.uuidString, "\(delivery.generation)", delivery.event]
        if said != wanted {
            note(.untrueBody, "callback \(delivery.id)", "it tells of \(said), and should of \(wanted)")
        }
        // What the rows of an earlier generation said is not there any more.
        guard delivery.event == "finished", let jobset = jobsets[delivery.jobset],
            jobset.generation == delivery.generation, jobset.state == "finished"
        else { return }
        var outcomes: [String: Int] = [:]
        for job in jobsOf[jobset.id] ?? [] { outcomes[job.outcome ?? "none", default: 0] += 1 }
        if body.verdict != jobset.verdict || body.total != jobset.total || body.outcomes != outcomes {
            note(
                .untrueBody,
                "callback \(delivery.id)",
                "it says \(body.verdict ?? "nothing") of \(body.total ?? -1), \(body.outcomes ?? [:]); "
                    + "the rows say \(jobset.verdict ?? "nothing") of \(jobset.total), \(outcomes)"
            )
        }
    }
}

/// What a callback's body tells, read as its receiver would.
private struct CallbackBodyRead {
    let jobset: UUID
    let generation: Int
    let event: String
    let verdict: String?
    let total: Int?
    let outcomes: [String: Int]?

    private struct Envelope: Decodable {
        struct Content: Decodable {
            let jobset: UUID
            let generation: Int
            let verdict: String?
            let total: Int?
            let outcomes: [String: Int]?
        }
        let type: String
        let data: Content
    }

    init?(_ body: [UInt8]) {
        guard let envelope = try? JSONDecoder().decode(Envelope.self, from: Data(body)),
            envelope.type.hasPrefix("jobset.")
        else { return nil }
        event = String(envelope.type.dropFirst("jobset.".count))
        jobset = envelope.data.jobset
        generation = envelope.data.generation
        verdict = envelope.data.verdict
        total = envelope.data.total
        // It names those that did not happen as well.
        outcomes = envelope.data.outcomes?.filter { $0.value > 0 }
    }
}
