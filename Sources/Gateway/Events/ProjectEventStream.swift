// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Hummingbird

/// Tells what happens to the jobsets of a project by looking at their rows again and again.
///
/// Each change is told at least once, and what follows fast upon another, together with it: each look goes back a little,
/// because a transaction that ended a jobset may become visible after a later one.
struct ProjectEventStream: Sendable {
    let store: FleetStore
    let group: String
    let project: String
    let token: UUID?
    /// When the stream ends by itself; the client goes on with another.
    let end: ContinuousClock.Instant

    /// How far a look goes back.
    private static let overlap: TimeInterval = 60
    /// How far the first look goes back at most: what is older is in the list of jobsets.
    private static let longestAgo: TimeInterval = 86_400
    /// How many jobsets that run are followed, and how many that ended are told in one look.
    private static let limit = 500

    /// Where a stream begins: all that ended before was told, in microseconds since 1970; `nil` for any other text.
    static func place(_ text: String) -> Date? {
        guard let microseconds = Int(text), (0...4_000_000_000_000_000).contains(microseconds) else { return nil }
        return Date(timeIntervalSince1970: Double(microseconds) / 1e6)
    }

    /// What a stream remembers.
    private struct Walk {
        /// All that ended before was told.
        var toldUntil: Date
        /// Where the next look begins.
        var start: Date
        /// What was last told of each jobset that runs, or has ended a moment ago.
        var told: [UUID: JobsetProgress] = [:]
    }

    /// Writes events until the time is over, the client has gone, or the gateway stops.
    ///
    /// - Parameter place: Where the stream begins; `nil`: now.
    @concurrent func write(from place: Date?, to writer: inout any ResponseBodyWriter) async throws {
        let now = try await store.now()
        let begin = place.map { max($0, now - Self.longestAgo) } ?? now + Self.overlap
        var walk = Walk(toldUntil: begin, start: begin - Self.overlap)
        var pace = StreamPace(token: token)
        try await writer.write(StreamPace.beginning)
        while try await pace.isAllowed(store) {
            let hasTold = try await look(&walk, to: &writer)
            if let sign = pace.looked(hasTold: hasTold) { try await writer.write(sign) }
            guard await pace.wait(until: end) else { return }
        }
    }

    /// Tells what has changed.
    ///
    /// - Returns: whether there was anything.
    @concurrent private func look(_ walk: inout Walk, to writer: inout any ResponseBodyWriter) async throws -> Bool {
        let found = try await store.progress(of: group, project, endedSince: walk.start, limit: Self.limit)
        var told: [UUID: JobsetProgress] = [:]
        var hasTold = false
        // One that ends while we look may be in both lists.
        let ended = Set(found.ended.map(\.id))
        // What ended first: its place is that of the whole look.
        for jobset in found.ended + found.running.reversed().filter({ !ended.contains($0.id) }) {
            told[jobset.id] = jobset
            walk.toldUntil = max(walk.toldUntil, jobset.finishedAt ?? walk.toldUntil)
            guard walk.told[jobset.id] != jobset else { continue }
            hasTold = true
            let id = Int((walk.toldUntil.timeIntervalSince1970 * 1e6).rounded())
            try await writer.write(StreamPace.event("jobset", id: "\(id)", jobset))
        }
        walk.told = told
        // More than one look can tell: the next goes on behind them.
        let isFull = found.ended.count == Self.limit
        walk.start = isFull ? found.ended.last?.finishedAt ?? walk.start : walk.toldUntil - Self.overlap
        return hasTold
    }
}
