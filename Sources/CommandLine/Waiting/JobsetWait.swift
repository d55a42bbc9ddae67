// SPDX-License-Identifier: Apache-2.0

import Deadlines
import Fleet
import Foundation

/// Waits until a jobset has ended, showing how far it is. What is away is asked again, not an error.
struct JobsetWait: Sendable {
    /// Where it is.
    let fleet: any FleetConnection
    let id: UUID
    /// The limit, if a person set one: a lab may take days.
    let timeout: Seconds?
    /// Makes what shows how far it is.
    var makeDisplay: @Sendable () -> any WaitDisplay = { ProgressDisplay() }

    init(fleet: any FleetConnection, id: UUID, timeout: Seconds?) {
        (self.fleet, self.id, self.timeout) = (fleet, id, timeout)
    }

    /// How long what shows the jobset may be away before the wait is given up; less if it never was there, which is a
    /// wrong address rather than a trouble that passes.
    private static let longestAbsence = (known: Duration.seconds(3_600), unknown: Duration.seconds(300))

    /// How much later than the limit the last look may come back.
    private static let grace = Duration.seconds(2)

    /// The jobset at its end.
    ///
    /// - Throws: ``CommandFailure`` with status `unreachable` after the limit, `usage` when there is no such jobset.
    func run() async throws -> Jobset {
        var display = makeDisplay()
        defer { display.close() }
        let clock = ContinuousClock()
        let start = clock.now
        return try await fleet.withWatch(of: id) { watch in
            var pauses = PollPauses()
            var pause = Duration.zero
            var last: Jobset?
            var heardAt = start
            var away: String?
            while true {
                var changed = false
                do {
                    let left = timeout.map { $0.duration - (clock.now - start) }
                    if let jobset = try await look(through: watch, within: pause, left: left) {
                        try await display.show(jobset, through: watch, elapsed: clock.now - start)
                        if let away { display.say("\(away) is back") }
                        away = nil
                        heardAt = clock.now
                        changed = jobset != last
                        last = jobset
                        if jobset.state == .finished { return jobset }
                    }
                } catch let absence as FleetAbsence where absence.mayPass {
                    if away == nil { display.say("\(absence.who) is unreachable, trying again: \(absence.reason)") }
                    away = absence.who
                    try giveUp(on: absence, after: clock.now - heardAt, isKnown: last != nil)
                    try await Task.sleep(for: pause * Double.random(in: 0.5...1))
                }
                pause = try rest(of: pauses.next(afterChange: changed), clock.now - start, last, away)
            }
        }
    }

    /// One look, which may take longer than its pause, but not much longer than is left to the limit; nil when it does.
    private func look(
        through watch: any JobsetWatch,
        within pause: Duration,
        left: Duration?
    ) async throws -> Jobset? {
        guard let left else { return try await watch.look(within: pause) }
        return try await withDeadline(max(.zero, left) + Self.grace) { try await watch.look(within: pause) } ?? nil
    }

    private func giveUp(on absence: FleetAbsence, after silence: Duration, isKnown: Bool) throws {
        let limit = isKnown ? Self.longestAbsence.known : Self.longestAbsence.unknown
        guard silence >= limit else { return }
        throw CommandFailure(
            .unreachable,
            "\(absence), for \(limit.components.seconds / 60) minutes",
            "  the jobset continues; `muster wait \(id.text)` waits again"
        )
    }

    /// The next pause, of which no more than what is left to the limit.
    private func rest(
        of pause: Duration,
        _ elapsed: Duration,
        _ last: Jobset?,
        _ away: String?
    ) throws -> Duration {
        guard let timeout else { return pause }
        guard elapsed < timeout.duration else {
            let state =
                last.map { ProgressBar(status: $0, elapsed: elapsed).plainLine }
                ?? "\(away ?? "the fleet") was unreachable"
            throw CommandFailure(
                .unreachable,
                "the jobset has not ended within \(timeout) s: \(state)",
                "  it continues; `muster wait \(id.text)` waits again"
            )
        }
        return min(pause, timeout.duration - elapsed)
    }
}

/// The pauses between looks at a jobset: a second while something happens, up to five while nothing does.
struct PollPauses: Sendable {
    private var current = Self.shortest

    static let shortest = Duration.seconds(1)
    static let longest = Duration.seconds(5)

    /// The pause before the next look.
    mutating func next(afterChange changed: Bool) -> Duration {
        defer { current = min(Self.longest, current * 1.25) }
        if changed { current = Self.shortest }
        return current
    }
}
