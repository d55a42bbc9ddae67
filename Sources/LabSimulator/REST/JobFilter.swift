// SPDX-License-Identifier: Apache-2.0

/// The filters of a list of jobs. A filter that LAVA does not know is ignored, and so it is here.
struct JobFilter: Sendable {
    typealias Test = @Sendable (LabJob) -> Bool

    private(set) var tests: [Test] = []
    /// The only ids that can match.
    private(set) var ids: [Int]?
    /// A `muster: <uuid>` that every match contains.
    private(set) var tag: String?
    /// Matches are finished, and ended after this.
    private(set) var endedAfter: Moment?
    private(set) var submittedAfter: Moment?
    private var isFinished = false

    /// Reads the filters of a query, or throws the answer to one that is wrong.
    init(_ query: QueryText) throws(SubmissionBody.Refused) {
        var seen: Set<String> = []
        // Of a repeated filter, LAVA takes the last.
        for (name, value) in query.items.reversed() where seen.insert(name).inserted {
            try add(name, value)
        }
        if !isFinished { endedAfter = nil }
    }

    func matches(_ job: LabJob) -> Bool {
        tests.allSatisfy { $0(job) }
    }

    private mutating func add(_ name: String, _ value: String) throws(SubmissionBody.Refused) {
        switch name {
        case "id", "id__in", "id__gt", "id__gte", "id__lt", "id__lte": try addID(name, value)
        case "state", "state__in": try addState(name, value)
        case "health", "health__in": try addHealth(name, value)
        case "submit_time__gt", "submit_time__lt", "start_time__gt", "start_time__lt", "end_time__gt", "end_time__lt":
            try addTime(name, value)
        case "start_time__isnull": addNull(value, \.startTime)
        case "end_time__isnull": addNull(value, \.endTime)
        case "submitter__username": tests.append { $0.submitter == value }
        case "requested_device_type", "requested_device_type__name": tests.append { $0.deviceType == value }
        case "actual_device", "actual_device__hostname": tests.append { $0.device == value }
        case "target_group": tests.append { $0.membership?.group == value }
        case "description": tests.append { $0.definition.jobName == value }
        case "description__startswith": tests.append { $0.definition.jobName.hasPrefix(value) }
        case "description__contains": tests.append { $0.definition.jobName.contains(value) }
        case "description__icontains":
            let lower = value.lowercased()
            tests.append { $0.definition.jobName.lowercased().contains(lower) }
        case "original_definition__contains":
            tag = tag ?? TagScan.tag(ofNeedle: value)
            tests.append { $0.originalContains(value) }
        case "multinode_definition__contains":
            tag = tag ?? TagScan.tag(ofNeedle: value)
            tests.append { $0.multinodeContains(value) }
        default: break
        }
    }

    private mutating func addID(_ name: String, _ value: String) throws(SubmissionBody.Refused) {
        var numbers: [Int] = []
        for part in value.split(separator: ",") {
            // A decimal is cut: `17.0` asks for 17.
            guard let number = Double(part.trimmed), abs(number) < 1e15 else {
                throw SubmissionBody.Refused(.json(400, JSONText.complaint(name, "Enter a number.")))
            }
            numbers.append(Int(number))
        }
        guard let first = numbers.first else { return }
        switch name {
        case "id": ids = [first]
        case "id__in": ids = Array(Set(numbers))
        case "id__gt": tests.append { $0.id > first }
        case "id__gte": tests.append { $0.id >= first }
        case "id__lt": tests.append { $0.id < first }
        default: tests.append { $0.id <= first }
        }
    }

    private mutating func addState(_ name: String, _ value: String) throws(SubmissionBody.Refused) {
        var states: Set<LabJob.State> = []
        for part in name == "state" ? [value[...]] : value.split(separator: ",") {
            guard let state = LabJob.State(rawValue: String(part)) else {
                throw Self.invalidChoice(String(part), LabJob.State.allCases.map(\.rawValue))
            }
            states.insert(state)
        }
        isFinished = states == [.finished]
        tests.append { [states] in states.contains($0.state) }
    }

    private mutating func addHealth(_ name: String, _ value: String) throws(SubmissionBody.Refused) {
        var healths: Set<LabJob.Health> = []
        for part in name == "health" ? [value[...]] : value.split(separator: ",") {
            guard let health = LabJob.Health(rawValue: String(part)) else {
                throw Self.invalidChoice(String(part), LabJob.Health.allCases.map(\.rawValue))
            }
            healths.insert(health)
        }
        tests.append { [healths] in healths.contains($0.health) }
    }

    private mutating func addTime(_ name: String, _ value: String) throws(SubmissionBody.Refused) {
        guard let moment = Moment(value) else {
            throw SubmissionBody.Refused(.json(400, JSONText.complaint(name, "Enter a valid date/time.")))
        }
        switch name {
        case "submit_time__gt":
            submittedAfter = moment
            tests.append { $0.submitTime > moment }
        case "submit_time__lt": tests.append { $0.submitTime < moment }
        case "start_time__gt": tests.append { $0.startTime.map { $0 > moment } ?? false }
        case "start_time__lt": tests.append { $0.startTime.map { $0 < moment } ?? false }
        case "end_time__gt":
            endedAfter = moment
            tests.append { $0.endTime.map { $0 > moment } ?? false }
        default: tests.append { $0.endTime.map { $0 < moment } ?? false }
        }
    }

    private mutating func addNull(_ value: String, _ time: any KeyPath<LabJob, Moment?> & Sendable) {
        guard let wanted = ["true": true, "false": false][value.lowercased()] else { return }
        tests.append { ($0[keyPath: time] == nil) == wanted }
    }

    private static func invalidChoice(_ value: String, _ choices: [String]) -> SubmissionBody.Refused {
        let list = choices.map { "'\($0)'" }.joined(separator: ", ")
        return SubmissionBody.Refused(
            .crash("[\"Select a valid choice. \(value) is not one of the available choices: (\(list))\"]")
        )
    }
}
