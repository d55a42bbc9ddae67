// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import JobFiles

/// Sends a file to ingest chunk by chunk, each after the answer to the one before, so that the jobs keep their order.
///
/// What is in already is not sent again, and what is sent twice is taken in once: after whatever stopped it, the same
/// command goes on where it was.
struct ChunkSender {
    let fleet: any FleetConnection
    /// What is sent, and where to.
    let plan: ChunkPlan
    let target: ChunkTarget
    /// How long ingest may take to answer to one message.
    let timeout: Seconds
    /// How the sending goes on after it was stopped.
    let words: SendingWords

    private var reader: ChunkReader
    private var display = SendingDisplay()
    /// What is in already.
    private var known: Set<UUID> = []
    /// The chunk that is being sent.
    private var current: Chunk?
    private var isHeadIn: Bool
    private var isTotalIn: Bool
    private var jobsIn = 0
    private var jobsSkipped = 0
    private var total = 0
    /// How many messages have been answered.
    private var answered = 0

    /// How long what leads to ingest may be away before the sending is given up.
    static let patience = Duration.seconds(60)
    /// The pauses between tries to reach it.
    private static let pauses = (shortest: Duration.milliseconds(500), longest: Duration.seconds(5))

    init(
        fleet: any FleetConnection,
        plan: ChunkPlan,
        target: ChunkTarget,
        reader: ChunkReader,
        timeout: Seconds,
        words: SendingWords
    ) {
        self.fleet = fleet
        self.plan = plan
        self.target = target
        self.reader = reader
        self.timeout = timeout
        self.words = words
        isHeadIn = target.head == nil
        isTotalIn = target.declaredTotal == nil
    }

    /// Sends all that is not in yet.
    ///
    /// - Returns: how many jobs the jobset has now, and how many of the file were in before.
    /// - Throws: ``CommandFailure`` that says how to go on.
    mutating func run() async throws -> (total: Int, skipped: Int) {
        defer { display.close() }
        let jobset = target.jobset
        let arrivals = try await fleet.arrivals(in: jobset)
        known = arrivals.messages
        total = arrivals.total ?? 0
        // All of it may be in, in whatever chunks it came.
        if target.isAlone, target.isNamedByContent, total == plan.total { return (total, total) }
        try lookForOthers()
        if isTotalIn, arrivals.total != nil, plan.chunks.allSatisfy({ known.contains(target.id(of: $0)) }) {
            return (total, plan.total)
        }
        try await sendAll()
        if plan.chunks.count > 1 { display.show(facts, isLast: true) }
        return (total, jobsSkipped)
    }

    /// A jobset that is nobody else's has no messages but ours; others are those of the same file in other chunks.
    private func lookForOthers() throws {
        guard target.isAlone, !known.isSubset(of: plan.chunks.map { target.id(of: $0) }) else { return }
        throw words.otherChunks()
    }

    // MARK: Sending

    /// Connects again when the broker was away, as long as that is not for too long.
    private mutating func sendAll() async throws {
        let clock = ContinuousClock()
        var heardAt = clock.now
        var pause = Self.pauses.shortest
        var away: String?
        while true {
            let before = answered
            do {
                return try await fleet.withPost { post in
                    if away != nil { display.say("\(away ?? "it") is back") }
                    away = nil
                    try await sendRest(over: post)
                }
            } catch let absence as FleetAbsence where absence.mayPass {
                if answered > before {
                    heardAt = clock.now
                    pause = Self.pauses.shortest
                }
                // What was never there is a wrong address rather than a trouble that passes.
                guard answered > 0, clock.now - heardAt < Self.patience else { throw words.stopped(by: absence) }
                if away == nil { display.say("\(absence.who) is unreachable, trying again: \(absence.reason)") }
                away = absence.who
                try await Task.sleep(for: pause * Double.random(in: 0.5...1))
                pause = min(pause * 2, Self.pauses.longest)
            }
        }
    }

    private mutating func sendRest(over post: any DocumentPost) async throws {
        if !isHeadIn, let head = target.head {
            try await send(.jobset(head, id: target.key), over: post)
            isHeadIn = true
        }
        if !isTotalIn, let declared = target.declaredTotal {
            let id = ContentID.declaration(of: declared, for: target.jobset)
            try await send(.total(declared, of: target.jobset, id: id), over: post)
            isTotalIn = true
        }
        while true {
            if current == nil { current = try nextChunk() }
            guard let chunk = current else { return }
            let planned = try self.planned(chunk)
            let id = target.id(of: planned)
            // The first goes out even if it is in: it is refused should the file have been sent in other chunks.
            if known.contains(id), chunk.index > 0 || target.isAlone {
                jobsSkipped += chunk.count
            } else {
                try await send(.jobs(chunk.jobs, of: target.jobset, id: id), chunk, over: post)
                if known.contains(id) { jobsSkipped += chunk.count }
            }
            jobsIn += chunk.count
            current = nil
            display.show(facts)
        }
    }

    private mutating func nextChunk() throws -> Chunk? {
        do {
            let chunk = try reader.nextChunk()
            guard chunk != nil || jobsIn == plan.total else { throw words.changed() }
            return chunk
        } catch is BrokenJobFile {
            throw words.changed()
        }
    }

    private func planned(_ chunk: Chunk) throws -> PlannedChunk {
        guard plan.chunks.indices.contains(chunk.index), plan.chunks[chunk.index].isSame(as: chunk) else {
            throw words.changed()
        }
        return plan.chunks[chunk.index]
    }

    private mutating func send(
        _ document: OutgoingDocument,
        _ chunk: Chunk? = nil,
        over post: any DocumentPost
    ) async throws {
        switch try await post.send(document, timeout: timeout) {
        case .answered(.accepted(_, let total)):
            self.total = total
            answered += 1
        case .answered(.refused(let problem)): throw words.refused(problem, chunk)
        case .unanswered(let silence): throw words.silence(silence)
        }
    }

    private var facts: SendingFacts {
        SendingFacts(
            stage: .sending,
            jobs: jobsIn,
            skipped: jobsSkipped,
            total: plan.total,
            share: plan.total == 0 ? 1 : Double(jobsIn) / Double(plan.total)
        )
    }
}
