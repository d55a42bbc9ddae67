// SPDX-License-Identifier: Apache-2.0

/// `GET jobs/`: filters, an order, a page. The indexes narrow what is looked at; every filter is still applied.
struct JobList {
    var lab: Lab
    var request: RestRequest

    private enum Order: Equatable {
        case id(Bool)
        case submit(Bool)
        case start(Bool)
        case end(Bool)

        init?(_ text: Substring) {
            let isDown = text.hasPrefix("-")
            switch isDown ? text.dropFirst() : text {
            case "id": self = .id(isDown)
            case "submit_time": self = .submit(isDown)
            case "start_time": self = .start(isDown)
            case "end_time": self = .end(isDown)
            default: return nil
            }
        }
    }

    func answer() -> Answer {
        let filter: JobFilter
        do { filter = try JobFilter(request.query) } catch { return error.answer }
        let orders = (request.query["ordering"] ?? "").split(separator: ",").compactMap { Order($0) }
        let paging = Paging(request.query)
        let (count, page) = lab.withState { state in
            select(filter, orders, paging, state)
        }
        return paging.answer(request, count: count) { json in
            for (place, job) in page.enumerated() {
                if place > 0 { json.raw(",") }
                job.write(into: &json)
            }
        }
    }

    private func select(
        _ filter: JobFilter,
        _ orders: [Order],
        _ paging: Paging,
        _ state: LabState
    ) -> (Int, [LabJob]) {
        let (candidates, sortedBy) = candidates(filter, state)
        let matches = candidates.compactMap { state.shown($0) }.filter(filter.matches)
        let sorted = orders.first == sortedBy && sortedBy != nil ? matches : Self.sorted(matches, orders)
        return (sorted.count, Array(sorted[paging.range(of: sorted.count)]))
    }

    /// The ids to look at, and the order they are known to be in; ids and ends are unique, so that one is enough.
    private func candidates(_ filter: JobFilter, _ state: LabState) -> ([Int], Order?) {
        if let ids = filter.ids { return (ids.sorted(), .id(false)) }
        if let tag = filter.tag { return (state.tagged[tag] ?? [], .id(false)) }
        if let moment = filter.endedAfter {
            return (state.finished[state.firstFinished(after: moment)...].map(\.id), .end(false))
        }
        let first = filter.submittedAfter.map { state.firstSubmitted(after: $0) } ?? 0
        return (Array(first + 1..<max(first, state.jobs.count) + 1), .id(false))
    }

    private static func sorted(_ jobs: [LabJob], _ orders: [Order]) -> [LabJob] {
        guard !orders.isEmpty else {
            // LAVA's default order is none; this one is as good, and catches who relies on one.
            return jobs.sorted { scattered($0.id) < scattered($1.id) }
        }
        return jobs.sorted { left, right in
            for order in orders {
                let (before, after) = keys(order, left, right)
                if before != after { return before < after }
            }
            return left.id < right.id
        }
    }

    private static func keys(_ order: Order, _ left: LabJob, _ right: LabJob) -> (Int64, Int64) {
        func key(_ job: LabJob) -> Int64 {
            switch order {
            case .id: Int64(job.id)
            case .submit: job.submitTime.microseconds
            // What has no time yet comes last, as in PostgreSQL.
            case .start: job.startTime?.microseconds ?? .max
            case .end: job.endTime?.microseconds ?? .max
            }
        }
        switch order {
        case .id(true), .submit(true), .start(true), .end(true): return (key(right), key(left))
        default: return (key(left), key(right))
        }
    }

    private static func scattered(_ id: Int) -> UInt64 {
        var value = UInt64(truncatingIfNeeded: id) &* 0x9E37_79B9_7F4A_7C15
        value ^= value >> 29
        return value &* 0xBF58_476D_1CE4_E5B9
    }
}

extension LabJob {
    /// Writes the job as a row, with the fields in LAVA's order.
    func write(into json: inout JSONText) {
        json.raw("{\"id\":")
        json.number(id)
        json.raw(",\"submitter\":")
        json.string(submitter)
        json.raw(",\"viewing_groups\":[],\"description\":")
        json.string(definition.jobName)
        json.raw(",\"health_check\":false,\"requested_device_type\":")
        json.optional(deviceType)
        json.raw(",\"tags\":[],\"actual_device\":")
        json.optional(device)
        json.raw(",\"submit_time\":")
        json.string(submitTime.text)
        json.raw(",\"start_time\":")
        json.optional(startTime?.text)
        json.raw(",\"end_time\":")
        json.optional(endTime?.text)
        json.raw(",\"state\":")
        json.string(state.rawValue)
        json.raw(",\"health\":")
        json.string(health.rawValue)
        json.raw(",\"priority\":")
        json.number(definition.priority)
        json.raw(",\"definition\":")
        json.raw(membership.map { $0.isNamed ? $0.json : $0.originalJSON } ?? definition.dumpJSON)
        json.raw(",\"original_definition\":")
        if let membership { json.raw(membership.originalJSON) } else { writeSubmitted(into: &json) }
        json.raw(",\"multinode_definition\":")
        if let membership, !membership.hasLostDefinition {
            writeSubmitted(into: &json)
        } else {
            json.raw("\"\"")
        }
        json.raw(",\"failure_tags\":[],\"failure_comment\":null,\"token\":")
        json.string(jobToken)
        json.raw("}")
    }

    private func writeSubmitted(into json: inout JSONText) {
        json.raw("\"")
        json.raw(JSONText.escaped(head))
        json.raw(definition.bodyJSON)
        json.raw("\"")
    }

    /// LAVA gives every job a token of its own, and shows it. This one opens nothing.
    private var jobToken: String {
        let digits = String(id)
        return "simulated" + String(repeating: "0", count: max(0, 23 - digits.count)) + digits
    }
}
