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

    /// Keeps hints that belong to nothing yet.
    mutating func keep(_ hints: [LabJobHint], now: Instant) {
        entries += hints.map { Entry(hint: $0, arrival: now) }
        if entries.count > Self.capacity { entries.removeFirst(entries.count - Self.capacity) }
    }

    /// Those that are to be looked up now.
    mutating func takeDue(now: Instant) -> [LabJobHint] {
        var due: [LabJobHint] = []
        for index in entries.indices {
            guard let time = entries[index].due, time <= now else { continue }
            due.append(entries[index].hint)
            entries[index].lookups += 1
        }
        return due
    }

    /// Drops those that were found to be ours, and those that have been looked up often enough.
    mutating func settle(_ numbers: Set<Int>) {
        entries.removeAll { numbers.contains($0.hint.number) || $0.due == nil }
    }
}
