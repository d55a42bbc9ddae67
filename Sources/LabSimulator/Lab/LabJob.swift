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
        /// What LAVA dumped of this member's share, as it is and as JSON.
        var text: String
        var json: [UInt8]
    }

    let id: Int
    let submitter: String
    let definition: Definition
    /// The first comment of what was submitted, with its line end; nearly always the tag.
    let head: String
    let deviceType: String
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
        if let membership { return membership.text.utf8.contains(needle) }
        return submittedContains(needle)
    }

    /// The text in `multinode_definition`.
    func multinodeContains(_ needle: String) -> Bool {
        membership == nil ? needle.isEmpty : submittedContains(needle)
    }

    private func submittedContains(_ needle: String) -> Bool {
        head.utf8.contains(needle) || definition.body.utf8.contains(needle)
            || (needle.contains(where: \.isNewline) && (head + definition.body).utf8.contains(needle))
    }
}

extension String.UTF8View {
    /// Whether the bytes of a needle occur, compared as they are.
    fileprivate func contains(_ needle: String) -> Bool {
        guard let first = needle.utf8.first else { return true }
        var rest = self[...]
        while let start = rest.firstIndex(of: first) {
            rest = rest[start...]
            if rest.starts(with: needle.utf8) { return true }
            rest = rest.dropFirst()
        }
        return false
    }
}
