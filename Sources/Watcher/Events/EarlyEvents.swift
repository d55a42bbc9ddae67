// SPDX-License-Identifier: Apache-2.0

import FleetStore

/// Ends of jobs that belong to no lab job of ours yet: a job may end before its submitter has stored its number.
///
/// Each is looked up again a few times while it is young. There is room for a limited number, the youngest; a poll
/// sees whatever is dropped.
struct EarlyEvents {
    typealias Instant = ContinuousClock.Instant

    /// How old a hint is when it is looked up again.
    static let ages: [Duration] = [
        .milliseconds(100), .milliseconds(300), .seconds(1), .seconds(3), .seconds(10),
    ]
    /// The most that are kept.
    static let capacity = 1_000

    private struct Entry {
        let hint: LabJobHint
        let arrival: Instant
        var lookups = 0

        var due: Instant? { ages.indices.contains(lookups) ? arrival.advanced(by: ages[lookups]) : nil }
    }

    private var entries: [Entry] = []

    /// When one is to be looked up next.
    var nextDue: Instant? { entries.compactMap(\.due).min() }

    /// Those that are to be looked up now, each once however many of its times have passed.
    mutating func takeDue(now: Instant) -> [LabJobHint] {
        var due: [LabJobHint] = []
        for index in entries.indices {
            guard let time = entries[index].due, time <= now else { continue }
            due.append(entries[index].hint)
            entries[index].lookups = Self.ages.count { entries[index].arrival.advanced(by: $0) <= now }
        }
        return due
    }

    /// Drops those that were found to be ours, and those that have been looked up often enough; keeps those of
    /// `fresh` that belong to nothing yet.
    mutating func settle(ours: Set<Int>, fresh: [LabJobHint], now: Instant) {
        entries.removeAll { ours.contains($0.hint.number) || $0.due == nil }
        // What is ours takes nobody's room.
        entries += fresh.lazy.filter { !ours.contains($0.number) }.map { Entry(hint: $0, arrival: now) }
        if entries.count > Self.capacity { entries.removeFirst(entries.count - Self.capacity) }
    }
}
