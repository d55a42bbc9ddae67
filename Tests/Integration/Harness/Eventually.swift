// SPDX-License-Identifier: Apache-2.0

struct NeverHappened: Error, CustomStringConvertible {
    let what: String
    let limit: Duration
    let detail: String
    var description: String { "waited \(limit) in vain for \(what)\(detail.isEmpty ? "" : ": \(detail)")" }
}

/// Looks again and again until `condition` holds, at most for `limit`. What the condition throws counts as not yet.
func eventually(
    within limit: Duration = .seconds(60),
    _ what: String,
    every pause: Duration = .milliseconds(50),
    _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    var last = ""
    while ContinuousClock.now < deadline {
        do {
            if try await condition() { return }
            last = ""
        } catch {
            last = "\(error)"
        }
        try await Task.sleep(for: pause)
    }
    throw NeverHappened(what: what, limit: limit, detail: last)
}
