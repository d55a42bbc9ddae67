// SPDX-License-Identifier: Apache-2.0

/// One order to fail: which requests, how, how often.
struct Fault: Sendable, Codable {
    /// What goes wrong.
    enum Kind: String, Sendable, Codable {
        /// The connection is reset without an answer and without doing anything.
        case refuse
        /// The connection is closed without an answer and without doing anything.
        case cutBeforeAccept
        /// What was asked is done, then the connection is closed without an answer.
        case cutAfterAccept
        /// What was asked is done, then half of the answer is sent and the connection closed.
        case cutMidAnswer
        /// An answer of `status`, `body` and `content_type` in place of doing anything.
        case status
        /// What was asked is done, and answered with `status` all the same.
        case statusAfterAccept
        /// Nothing is done and nothing is answered, for `delay_ms`.
        case hang
        /// What was asked is done, and nothing is answered, for `delay_ms`.
        case hangAfterAccept
        /// What was asked is done and answered after `delay_ms`, also when the client has left meanwhile. A lab that goes
        /// down before has not done it.
        case slow
        /// A front before the lab holds the request for `delay_ms` and delivers it then, whatever the client and the lab
        /// have done meanwhile.
        case holdRequest
        /// The answer comes in pieces, `delay_ms` apart.
        case trickle
        /// The same, but at once when another request with the same body has been carried out: what is sent again then
        /// becomes two jobs, however long that takes.
        case holdUntilRepeat
        /// The same, but at once when another request with the same body is held: the first arrives while the second is on
        /// its way.
        case holdUntilNext
        /// What was asked is done, and the answer is spoilt as `mode` says.
        case malice
        /// A submission is accepted and answered, and then the lab knows nothing of it.
        case loseJob
        /// The lab goes down for `delay_ms`: nothing listens, and every connection is dropped.
        case closeListener
        /// A multinode group is accepted whose member `member` stays Scheduling for ever; the others end Incomplete
        /// after `delay_ms`.
        case stickMember
        /// A multinode group is accepted whose member `member` has lost its `multinode_definition`; -1 is all.
        case loseMultinodeDefinition
        /// A multinode group is accepted whose member `member` is shown to nobody for `delay_ms`.
        case hideMember
        /// Of a multinode group only the members before `member` are made, without a word of what was submitted in the
        /// last of them; then the connection is closed: a server that was killed in the middle.
        case cutGroup
        /// A new connection is reset, before it asks anything.
        case resetConnection
        /// The event is not sent.
        case dropEvent
        /// The event is sent twice.
        case repeatEvent
        /// The event is sent, and requests still show the state before, for `delay_ms`.
        case earlyEvent
        /// The event is sent, and then that of the state before again.
        case backwardsEvent

        /// It meets events, not requests.
        var isOfEvents: Bool {
            switch self {
            case .dropEvent, .repeatEvent, .earlyEvent, .backwardsEvent: true
            default: false
            }
        }

        /// It meets submissions of multinode groups only.
        var isOfGroups: Bool {
            switch self {
            case .stickMember, .loseMultinodeDefinition, .hideMember, .cutGroup: true
            default: false
            }
        }

        /// The request is carried out later, whatever its client does.
        var isLate: Bool { self == .slow || isHeld }

        /// A front holds it, not the lab.
        var isHeld: Bool { self == .holdRequest || self == .holdUntilRepeat || self == .holdUntilNext }

        /// It meets connections, not requests.
        var isOfConnections: Bool { self == .resetConnection }
    }

    /// Which requests: by method, and by path below `api/v0.2/`, where `*` stands for any one part. Which events: by
    /// the state they tell, and by job.
    struct Match: Sendable, Codable {
        var method: String?
        var path: String?
        var state: String?
        var job: Int?

        func covers(_ job: LabJob) -> Bool {
            (state ?? job.state.rawValue) == job.state.rawValue && (self.job ?? job.id) == job.id
        }

        func covers(_ request: RestRequest) -> Bool {
            if let method, method != request.method { return false }
            guard let path else { return true }
            let parts = request.path.dropFirst(RestRouter.root.count).split(separator: "/")
            let wanted = path.split(separator: "/")
            return parts.count == wanted.count && zip(parts, wanted).allSatisfy { $1 == "*" || $0 == $1 }
        }
    }

    var id: Int?
    var match = Match()
    var kind: Kind
    var status: Int?
    var delayMilliseconds: Int?
    var body: String?
    var contentType: String?
    var retryAfter: String?
    /// How a malicious answer is spoilt.
    var mode: Malice?
    /// How much of it there is: rows, levels, fields or bytes.
    var size: Int?
    /// Which member of a group, from 0; the last unless given.
    var member: Int?
    /// It meets every second of those it could meet, every third, and so on; nil is each.
    var every: Int?
    /// How many it could have met so far.
    var seen: Int?
    /// How many requests it meets; nil is all of them.
    var count: Int?
    /// How likely it meets one, from 0 to 1; nil is always.
    var probability: Double?
    /// Where the chance begins, so that a run can be repeated.
    var seed: UInt64?
    /// How many requests it has met so far.
    var met: Int?

    enum CodingKeys: String, CodingKey {
        case id, match, kind, status, body, count, probability, seed, met, member, mode, size, every, seen
        case delayMilliseconds = "delay_ms"
        case contentType = "content_type"
        case retryAfter = "retry_after"
    }

    init(_ kind: Kind, method: String? = nil, path: String? = nil) {
        self.kind = kind
        self.match = Match(method: method, path: path)
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        kind = try container.decode(Kind.self, forKey: .kind)
        match = try container.decodeIfPresent(Match.self, forKey: .match) ?? Match()
        status = try container.decodeIfPresent(Int.self, forKey: .status)
        delayMilliseconds = try container.decodeIfPresent(Int.self, forKey: .delayMilliseconds)
        body = try container.decodeIfPresent(String.self, forKey: .body)
        contentType = try container.decodeIfPresent(String.self, forKey: .contentType)
        retryAfter = try container.decodeIfPresent(String.self, forKey: .retryAfter)
        mode = try container.decodeIfPresent(Malice.self, forKey: .mode)
        size = try container.decodeIfPresent(Int.self, forKey: .size)
        if kind == .malice, mode == nil {
            let context = DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "malice wants a mode")
            throw DecodingError.keyNotFound(CodingKeys.mode, context)
        }
        member = try container.decodeIfPresent(Int.self, forKey: .member)
        every = try container.decodeIfPresent(Int.self, forKey: .every)
        count = try container.decodeIfPresent(Int.self, forKey: .count)
        probability = try container.decodeIfPresent(Double.self, forKey: .probability)
        seed = try container.decodeIfPresent(UInt64.self, forKey: .seed)
    }

    /// The delay, never longer than ten minutes.
    var delay: Duration {
        let usual =
            switch kind {
            case .hang, .hangAfterAccept, .holdUntilRepeat, .holdUntilNext: 600_000
            default: 1_000
            }
        return .milliseconds(min(max(0, delayMilliseconds ?? usual), 600_000))
    }

    /// What it does to a group, if it is of that kind.
    var groupFault: GroupFault? {
        switch kind {
        case .stickMember:
            GroupFault(kind: .stuck(timeoutMilliseconds: Int(delay.components.seconds * 1_000)), member: member)
        case .loseMultinodeDefinition: GroupFault(kind: .lostDefinition, member: member)
        case .hideMember: GroupFault(kind: .hidden(milliseconds: Int(delay / .milliseconds(1))), member: member)
        case .cutGroup: GroupFault(kind: .cut, member: member)
        default: nil
        }
    }

    /// The answer of the kinds that have one of their own.
    var answer: Answer {
        let code = min(max(200, status ?? 500), 599)
        var answer = Answer.page(code, "\(code) Simulated", "ordered")
        if let body {
            answer.body = Array(body.utf8)
            answer.contentType = contentType ?? "application/json"
        }
        if let retryAfter { answer.headers.append(("Retry-After", retryAfter)) }
        return answer
    }
}

/// What goes wrong with a multinode group at its submission, as it did with a real LAVA's.
struct GroupFault: Sendable {
    enum Kind: Sendable {
        /// One member stays Scheduling for ever, with its device; the others run, wait for it, and end Incomplete.
        case stuck(timeoutMilliseconds: Int)
        /// One member's `multinode_definition` is empty, or that of all.
        case lostDefinition
        /// One member is shown to nobody for a while, in no list and under no number.
        case hidden(milliseconds: Int)
        /// The members from one on are never made, and the one before it is saved for the first time only.
        case cut
    }

    var kind: Kind
    /// Which member, from 0; the last unless given. -1 is all, where that makes sense.
    var member: Int?

    /// What it does to the members, before any of them does anything.
    func spoil(_ jobs: inout [LabJob]) {
        guard !jobs.isEmpty else { return }
        let victim = min(max(0, member ?? jobs.count - 1), jobs.count - 1)
        switch kind {
        case .lostDefinition where member == -1:
            for place in jobs.indices { jobs[place].membership?.hasLostDefinition = true }
        case .cut:
            let left = max(1, victim)
            jobs.removeLast(jobs.count - left)
            jobs[left - 1].membership?.hasLostDefinition = true
            let ids = jobs.map(\.id)
            for place in jobs.indices { jobs[place].membership?.ids = ids }
        case .lostDefinition: jobs[victim].membership?.hasLostDefinition = true
        case .hidden(let milliseconds):
            let now = Moment.now.microseconds
            jobs[victim].membership?.hiddenUntil = Moment(microseconds: now + Int64(milliseconds) * 1_000)
        case .stuck(let timeout):
            for place in jobs.indices where place != victim {
                jobs[place].behaviour.runMilliseconds = timeout
                jobs[place].behaviour.health = .incomplete
                (jobs[place].behaviour.pass, jobs[place].behaviour.fail, jobs[place].behaviour.skip) = (0, 0, 0)
                jobs[place].behaviour.errorType = "MultinodeTimeout"
                jobs[place].behaviour.errorMessage = "protocol lava-multinode timed out"
            }
            jobs[victim].membership?.isStuck = true
        }
    }
}
