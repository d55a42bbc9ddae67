// SPDX-License-Identifier: Apache-2.0

/// One lab job.
struct LabJob: Sendable {
    enum State: String, Sendable, CaseIterable {
        case submitted = "Submitted"
        case scheduling = "Scheduling"
        case scheduled = "Scheduled"
        case running = "Running"
        case canceling = "Canceling"
        case finished = "Finished"
    }

    enum Health: String, Sendable, CaseIterable {
        case unknown = "Unknown"
        case complete = "Complete"
        case incomplete = "Incomplete"
        case canceled = "Canceled"
    }

    /// Its place in a multinode group.
    struct Membership: Sendable {
        var group: String
        var place: Int
        var ids: [Int]
        /// It never leaves Scheduling.
        var isStuck = false
        /// Requests are shown nothing of it until then.
        var hiddenUntil: Moment?
        /// LAVA lost what was submitted.
        var hasLostDefinition = false
        /// All members have had a device, from which moment on each names the others.
        var isNamed = false
        /// What LAVA dumped of this member's share: with the names of all members, and `original_definition`, which
        /// never has them.
        var json: [UInt8]
        var original: String
        var originalJSON: [UInt8]
    }

    let id: Int
    let submitter: String
    let definition: Definition
    /// The first comment of what was submitted, with its line end; nearly always the tag.
    let head: String
    /// `nil` for a member of a group that connects to another member's device.
    let deviceType: String?
    let submitTime: Moment
    var membership: Membership?
    var behaviour: Behaviour
    var state = State.submitted
    var health = Health.unknown
    var device: String?
    var startTime: Moment?
    var endTime: Moment?
    /// The numbers of its first suite and its first result, given when it finishes.
    var firstSuite = 0
    var firstResult = 0
    /// Grows when something overtakes what was planned, so that an old timer finds itself outdated.
    var epoch = 0

    /// What it is called at submission.
    var name: String {
        membership.map { "\($0.ids.first ?? id).\($0.place)" } ?? "\(id)"
    }

    /// The tag in its first comment, for the log.
    var tag: String? { TagScan.tags(in: head).first }

    /// The text in `original_definition`: what was submitted, or a member's dump, where the comments are gone.
    func originalContains(_ needle: String) -> Bool {
        if let membership { return ByteSearch.contains(needle, in: membership.original) }
        return submittedContains(needle)
    }

    /// The text in `multinode_definition`.
    func multinodeContains(_ needle: String) -> Bool {
        membership.map { !$0.hasLostDefinition } ?? false ? submittedContains(needle) : needle.isEmpty
    }

    private func submittedContains(_ needle: String) -> Bool {
        ByteSearch.contains(needle, in: head) || ByteSearch.contains(needle, in: definition.body)
            || (needle.contains(where: \.isNewline) && ByteSearch.contains(needle, in: head + definition.body))
    }
}
