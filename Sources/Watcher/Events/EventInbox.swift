// SPDX-License-Identifier: Apache-2.0

import FleetStore
import Synchronization

/// Where the events of one stream wait until they are written down. What comes while a statement is on its way goes
/// with the next one.
final class EventInbox: Sendable {
    /// The most ends of jobs, and the most jobs whose state has changed.
    static let capacity = 10_000

    private struct State {
        var ends: [LabJobHint] = []
        var changes: [Int: LabJobHint] = [:]
    }

    private let state = Mutex(State())
    /// Called when a job has ended.
    let wake = Wake()

    /// Adds the end of a job.
    ///
    /// - Returns: `false` when it is full: then a poll is needed to see what was dropped.
    func add(end hint: LabJobHint) -> Bool {
        let hasRoom = state.withLock { state in
            state.changes[hint.number] = nil
            guard state.ends.count < Self.capacity else { return false }
            state.ends.append(hint)
            return true
        }
        wake.call()
        return hasRoom
    }

    /// Adds a change of a job's state; only the last of each is of interest, and none is worth a poll.
    func add(change hint: LabJobHint) {
        state.withLock { state in
            guard state.changes.count < Self.capacity || state.changes[hint.number] != nil else { return }
            state.changes[hint.number] = hint
        }
    }

    /// Takes all ends of jobs.
    func takeEnds() -> [LabJobHint] {
        state.withLock { state in
            defer { state.ends = [] }
            return state.ends
        }
    }

    /// Takes some changes of state.
    func takeChanges(limit: Int) -> [LabJobHint] {
        state.withLock { state in
            let taken = Array(state.changes.values.prefix(limit))
            for hint in taken { state.changes[hint.number] = nil }
            return taken
        }
    }
}
