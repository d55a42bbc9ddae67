// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Hummingbird
import NIOCore
import ServiceLifecycle

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
    /// The pauses between looks: while something happens, and while nothing does.
    private static let pauses = (shortest: Duration.milliseconds(500), longest: Duration.seconds(5))
    /// How long nothing is sent at most, so that everybody between knows that the connection lives.
    private static let silence = Duration.seconds(15)
    /// How often it is looked whether the token is still good.
    private static let recheck = Duration.seconds(5)
    /// How many jobs are read at once.
    private static let page = 500

    /// Writes events until the jobset has ended, the client has gone, or the gateway stops.
    @concurrent func write(from place: EventPlace, to writer: inout any ResponseBodyWriter) async throws {
        var walk = Walk(place: place)
        var pause = Self.pauses.shortest
        var silentSince = ContinuousClock.now
        var checkedAt = ContinuousClock.now
        // A comment at once: the head goes out with it, and the client knows that it is heard.
        try await writer.write(ByteBuffer(string: "retry: 2000\n\n"))
        while let status = try await store.jobset(id: jobset) {
            if let token, .now - checkedAt > Self.recheck {
                guard try await store.isGood(token: token) else { return }
                checkedAt = .now
            }
            if try await write(status, &walk, to: &writer) {
                (pause, silentSince) = (Self.pauses.shortest, .now)
            } else {
                pause = min(pause * 1.5, Self.pauses.longest)
            }
            if status.state == .finished || Task.isShuttingDownGracefully { return }
            if .now - silentSince > Self.silence {
                try await writer.write(ByteBuffer(string: ":\n\n"))
                silentSince = .now
            }
            let length = pause
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: length) }
            if Task.isCancelled { return }
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
        try await writer.write(Self.event("jobset", id: walk.place, status))
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
                try await writer.write(Self.event("job", id: walk.place, job.linked(labs)))
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

    /// One event. JSON has no line breaks in it.
    private static func event(_ name: String, id: EventPlace, _ value: some Encodable) throws -> ByteBuffer {
        var buffer = ByteBuffer(string: "id: \(id.text)\nevent: \(name)\ndata: ")
        buffer.writeBytes(try FleetJSON.bytes(value))
        buffer.writeString("\n\n")
        return buffer
    }
}
