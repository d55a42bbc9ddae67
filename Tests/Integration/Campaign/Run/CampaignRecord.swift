// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// What a campaign has published, and what the broker has been made to lose since.
final class CampaignRecord: Sendable {
    /// A message that was published: a jobset, or an addition to one.
    struct Message: Sendable {
        let jobset: PlannedJobset
        let addition: PlannedJobset.Addition?
        /// How many wipes had begun or ended when it was published.
        var wipes: Int
        var isKnown = false

        var id: UUID { addition?.id ?? jobset.id }
    }

    private struct State {
        var messages: [UUID: Message] = [:]
        var published: [UUID: CampaignHistory.PublishedJobset] = [:]
        var wipes = 0
    }

    private let state = Mutex(State())

    /// Counted when a wipe begins and when it has ended: what was confirmed in between may be lost as well.
    func wipe() { state.withLock { $0.wipes += 1 } }

    var wipes: Int { state.withLock { $0.wipes } }

    /// A message is about to be published for the first time.
    func announce(_ jobset: PlannedJobset, _ addition: PlannedJobset.Addition?) {
        state.withLock { state in
            if let addition {
                state.published[jobset.id]?.additions.append(
                    .init(id: addition.id, jobs: addition.jobs.map(\.published), isConfirmed: false)
                )
            } else {
                state.published[jobset.id] = jobset.published
            }
        }
    }

    /// The broker has confirmed a message that was sent when there had been `wipes`.
    func confirm(_ jobset: PlannedJobset, _ addition: PlannedJobset.Addition?, wipes: Int) {
        state.withLock { state in
            let message = Message(jobset: jobset, addition: addition, wipes: wipes)
            state.messages[message.id] = message
        }
    }

    func change(_ jobset: UUID, _ change: (inout CampaignHistory.PublishedJobset) -> Void) {
        state.withLock { state in
            if var published = state.published[jobset] {
                change(&published)
                state.published[jobset] = published
            }
        }
    }

    /// Messages that were not seen in the database yet.
    var unknown: [Message] { state.withLock { $0.messages.values.filter { !$0.isKnown } } }

    func know(_ ids: Set<UUID>) {
        state.withLock { state in
            for id in ids {
                state.messages[id]?.isKnown = true
                state.published[id]?.wasAccepted = true
            }
        }
    }

    func isKnown(_ id: UUID) -> Bool { state.withLock { $0.messages[id]?.isKnown ?? false } }

    /// What the checker is told: confirmed is what the broker has confirmed and had no occasion to lose since.
    var published: [CampaignHistory.PublishedJobset] {
        state.withLock { state in
            func isKept(_ id: UUID) -> Bool {
                state.messages[id].map { $0.wipes == state.wipes || $0.isKnown } ?? false
            }
            return state.published.values.map { published in
                var published = published
                published.isConfirmed = isKept(published.id)
                published.additions = published.additions.map { addition in
                    var addition = addition
                    addition.isConfirmed = isKept(addition.id)
                    return addition
                }
                return published
            }
        }
    }
}
