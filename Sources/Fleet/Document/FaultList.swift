// SPDX-License-Identifier: Apache-2.0

/// Faults as they are found, with a limit on how many are kept.
struct FaultList {
    private(set) var count = 0
    private var kept: [Fault] = []
    private let limit: Int

    init(limit: Int) {
        self.limit = max(1, limit)
    }

    /// Whether more faults are counted, but no longer kept.
    var isFull: Bool { kept.count >= limit }

    /// Counts a fault that would not be kept, without the cost of wording it.
    mutating func addUnlisted() {
        count += 1
    }

    mutating func add(_ pointer: String, _ reason: String, found value: String? = nil) {
        count += 1
        if kept.count < limit { kept.append(Fault(pointer: pointer, value: value, reason: reason)) }
    }

    /// The faults kept, and one that says how many were not.
    var all: [Fault] {
        guard count > kept.count else { return kept }
        let rest = count - kept.count
        return kept + [
            Fault(pointer: "", reason: "has \(rest) more \(rest == 1 ? "fault" : "faults"), not listed here")
        ]
    }
}
