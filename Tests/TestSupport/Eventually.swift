// SPDX-License-Identifier: Apache-2.0

/// How long a test waits for what must come. It is far more than that takes, also where every core is busy with other
/// work: a test that runs out of it waits for what never comes. No test makes a claim about time with it.
package let patience = Duration.seconds(120)

/// Something that a test waited for, or that it needs, did not come.
package struct NeverHappened: Error, CustomStringConvertible {
    private let what: String
    private let limit: Duration?
    private let detail: String

    /// What it was, how long it was waited for, if it was, and what came in its place.
    package init(what: String, limit: Duration? = nil, detail: String = "") {
        self.what = what
        self.limit = limit
        self.detail = detail
    }

    /// All of that in words.
    package var description: String {
        let wait = limit.map { "waited \($0) in vain for" } ?? "never happened:"
        return "\(wait) \(what)\(detail.isEmpty ? "" : ": \(detail)")"
    }
}

/// Looks again and again until `condition` holds. What it throws counts as not yet.
///
/// - Throws: `NeverHappened`, with what the condition threw last.
package func eventually(
    within limit: Duration = patience,
    _ what: @autoclosure () -> String,
    every pause: Duration = .milliseconds(20),
    _ condition: () async throws -> Bool
) async throws {
    let _: Void = try await eventually(within: limit, what(), every: pause) { try await condition() ? () : nil }
}

/// Asks again and again until there is an answer. What the question throws counts as none.
///
/// - Throws: `NeverHappened`, with what the question threw last.
package func eventually<Value>(
    within limit: Duration = patience,
    _ what: @autoclosure () -> String,
    every pause: Duration = .milliseconds(20),
    _ question: () async throws -> Value?
) async throws -> Value {
    let deadline = ContinuousClock.now + limit
    var last = ""
    repeat {
        do {
            if let value = try await question() { return value }
            last = ""
        } catch {
            last = "\(error)"
        }
        try await Task.sleep(for: pause)
    } while ContinuousClock.now < deadline
    throw NeverHappened(what: what(), limit: limit, detail: last)
}
