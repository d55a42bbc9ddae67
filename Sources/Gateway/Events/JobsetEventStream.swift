// SPDX-License-Identifier: Apache-2.0

import Crypto
import Fleet
import FleetStore
import Foundation
import Hummingbird

/// Tells what happens to one jobset by looking at its rows again and again.
///
/// A job is told at least once: a transaction that ended it may become visible after a later one, so each look goes back
/// a little, and what this stream has told already is left out. After a reconnection some may come again.
struct JobsetEventStream: Sendable {
    let store: FleetStore
    let labs: LabAddresses
    let jobset: UUID
    /// The token that it was asked for with: the stream ends with it.
    let token: UUID?

    /// How far a look goes back before the last job that was told: longer than a transaction takes.
    static let overlap = Duration.seconds(60)
    /// How many jobs are read at once.
    private static let page = 500

    /// Writes events until the jobset has ended, the client has gone, or the gateway stops.
    @concurrent func write(from place: EventPlace, to writer: inout any ResponseBodyWriter) async throws {
        var walk = Walk(place: place)
        var pace = StreamPace(token: token)
        try await writer.write(StreamPace.beginning)
        while let status = try await store.jobset(id: jobset) {
            guard try await pace.isAllowed(store) else { return }
            let hasTold = try await write(status, &walk, to: &writer)
            if status.state == .finished { return }
            if let sign = pace.looked(hasTold: hasTold) { try await writer.write(sign) }
            guard await pace.wait() else { return }
        }
    }

    /// What a stream remembers.
    private struct Walk {
        var place: EventPlace
        /// How many jobs had ended at the last look; nil before the first.
        var ended: Int?
        /// The jobs that were told and lie within the overlap: when they ended.
        var told: [Int: Date] = [:]
    }

    /// Tells what has changed.
    ///
    /// - Returns: whether there was anything.
    @concurrent private func write(
        _ status: Jobset,
        _ walk: inout Walk,
        to writer: inout any ResponseBodyWriter
    ) async throws -> Bool {
        if walk.place.generation != status.generation {
            walk.place.generation = status.generation
            walk.told = [:]
        }
        let before = walk.place
        let ended = status.total - status.pending
        var hasJobs = false
        if walk.ended != ended {
            hasJobs = try await tellJobs(&walk, to: &writer)
            walk.ended = ended
        }
        let digest = try EventPlace.digest(of: status)
        guard digest != before.stateDigest else { return hasJobs }
        walk.place.stateDigest = digest
        try await writer.write(StreamPace.event("jobset", id: walk.place.text, status))
        return true
    }

    @concurrent private func tellJobs(_ walk: inout Walk, to writer: inout any ResponseBodyWriter) async throws -> Bool
    {
        let since = Date(
            timeIntervalSince1970: Double(walk.place.toldUntil) / 1e6 - Double(Self.overlap.components.seconds)
        )
        var filter = JobFilter()
        filter.state = .finished
        filter.finishedAfter = max(since, Date(timeIntervalSince1970: 0))
        var (next, latest, hasTold) = (0, since, false)
        while true {
            let jobs = try await store.jobs(of: jobset, from: next, limit: Self.page, filter)
            for job in jobs {
                guard let finishedAt = job.finishedAt else { continue }
                latest = max(latest, finishedAt)
                guard walk.told[job.position] != finishedAt else { continue }
                walk.told[job.position] = finishedAt
                hasTold = true
                try await writer.write(StreamPace.event("job", id: walk.place.text, job.linked(labs)))
            }
            guard jobs.count == Self.page, let last = jobs.last else { break }
            next = last.position + 1
        }
        // Only now: whoever is cut off within a look is told all of it again.
        walk.place.toldUntil = max(walk.place.toldUntil, Int((latest.timeIntervalSince1970 * 1e6).rounded()))
        let horizon = latest.addingTimeInterval(-Double(Self.overlap.components.seconds))
        walk.told = walk.told.filter { $0.value >= horizon }
        return hasTold
    }
}

/// How far a client has read, as an event's `id` says it: nothing about clients is kept anywhere else.
struct EventPlace: Equatable {
    /// The jobset's generation.
    var generation = 0
    /// All jobs that ended up to then have been told, in microseconds since 1970.
    var toldUntil = 0
    /// What the jobset was last seen to be; empty: nothing.
    var stateDigest = ""

    init() {}

    /// The place in an event's id; nil for one that is none of ours.
    init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard text.utf8.count <= 100, parts.count == 3, let generation = Int(parts[0]), let until = Int(parts[1]),
            generation >= 0, until >= 0
        else { return nil }
        (self.generation, toldUntil, stateDigest) = (generation, until, String(parts[2]))
    }

    /// As it stands in an event.
    var text: String { "\(generation)-\(toldUntil)-\(stateDigest)" }

    /// What stands for a jobset as it is.
    static func digest(of status: Jobset) throws -> String {
        let digest = SHA256.hash(data: Data(try FleetJSON.bytes(status)))
        return digest.prefix(8).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
