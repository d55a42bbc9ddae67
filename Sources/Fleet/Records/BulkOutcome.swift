// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// What can be done to many jobsets at once.
package enum BulkAction: String, Sendable, Codable, CaseIterable {
    /// Cancel what runs.
    case cancel
    /// Send the failed jobs of what has finished out again.
    case retry
    /// Make deliveries again that were given up.
    case redeliver

    /// What somebody must be allowed for it.
    package var ability: Ability {
        switch self {
        case .cancel: .cancel
        case .retry: .retry
        case .redeliver: .redeliver
        }
    }
}

/// What was done to many jobsets, or what would be.
package struct BulkOutcome: Sendable, Codable, Equatable {
    package var action: BulkAction
    /// Whether nothing was done: this is what would be.
    package var isPreview: Bool
    /// The jobsets, the latest first.
    package var items: [BulkItem]
    /// How many of them it was done to.
    package var done: Int
    /// How many of them refused it.
    package var refused: Int
    /// How many match besides these and were left alone; at most ``maximumCount`` are counted.
    package var left: Int
    /// How many match that the caller may see and not change; at most ``maximumCount`` are counted.
    package var forbidden: Int
    /// Where the next request goes on, as `cursor`; `nil` when nothing is left.
    package var nextCursor: String?

    package init(
        action: BulkAction,
        isPreview: Bool,
        items: [BulkItem],
        left: Int,
        forbidden: Int,
        nextCursor: String?
    ) {
        self.action = action
        self.isPreview = isPreview
        self.items = items
        done = items.count { $0.refused == nil }
        refused = items.count { $0.refused != nil }
        self.left = left
        self.forbidden = forbidden
        self.nextCursor = nextCursor
    }

    /// As far as jobsets are counted that are left alone.
    package static let maximumCount = 10_000
}

/// One jobset of many.
package struct BulkItem: Sendable, Codable, Equatable {
    package var jobset: UUID
    /// `/group/project/version`.
    package var build: String
    /// How many of its jobs are canceled or sent out again.
    package var jobs: Int?
    /// How many of its deliveries are made again.
    package var deliveries: Int?
    /// Why nothing was done to it: the end of a problem's type, such as `still-running`.
    package var refused: String?
    /// The same in words.
    package var reason: String?

    package init(jobset: UUID, build: String, _ action: BulkAction, number: Int) {
        self.jobset = jobset
        self.build = build
        if action == .redeliver { deliveries = number } else { jobs = number }
    }

    package init(jobset: UUID, build: String, refused: String, reason: String) {
        self.jobset = jobset
        self.build = build
        self.refused = refused
        self.reason = reason
    }
}

extension BulkOutcome {
    /// It in a few sentences.
    package var words: String {
        var words = [deed]
        if refused > 0 { words.append("\(Self.count(refused, "jobset", "jobsets")) refused it.") }
        if left > 0 {
            words.append("\(Self.count(left, "more jobset matches", "more jobsets match"))\(Self.atLeast(left)).")
        }
        if forbidden > 0 {
            words.append(
                "\(Self.count(forbidden, "jobset", "jobsets"))\(Self.atLeast(forbidden)) can't be changed with this token."
            )
        }
        return words.joined(separator: " ")
    }

    private var deed: String {
        let number = items.reduce(0) { $0 + ($1.jobs ?? $1.deliveries ?? 0) }
        let things =
            action == .redeliver ? Self.count(number, "delivery", "deliveries") : Self.count(number, "job", "jobs")
        let verb =
            switch (action, isPreview) {
            case (.cancel, false): "Canceled"
            case (.retry, false): "Re-ran"
            case (.redeliver, false): "Repeated"
            case (.cancel, true): "This would cancel"
            case (.retry, true): "This would re-run"
            case (.redeliver, true): "This would repeat"
            }
        return "\(verb) \(things) of \(Self.count(done, "jobset", "jobsets"))."
    }

    private static func count(_ number: Int, _ one: String, _ many: String) -> String {
        "\(number.grouped) \(number == 1 ? one : many)"
    }

    private static func atLeast(_ number: Int) -> String { number < maximumCount ? "" : ", or more" }

    /// It with what was done after it.
    package func followed(by next: BulkOutcome) -> BulkOutcome {
        BulkOutcome(
            action: action,
            isPreview: isPreview,
            items: items + next.items,
            left: next.left,
            forbidden: next.forbidden,
            nextCursor: next.nextCursor
        )
    }
}
