// SPDX-License-Identifier: Apache-2.0

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
