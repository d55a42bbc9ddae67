// SPDX-License-Identifier: Apache-2.0

import Fleet

/// A part of a jobset's jobs that ended alike, as bars and legends show it: one colour has one meaning on every page.
struct JobShare: Sendable {
    let count: Int
    let tone: Tone
    let what: String

    /// `4 missing`.
    var words: String { "\(PageText.number(count)) \(what)" }
}

extension JobCounts {
    /// The parts of the jobs that have ended; those that have none are left out.
    var shares: [JobShare] {
        [
            JobShare(count: passed, tone: .good, what: "passed"), JobShare(count: failed, tone: .bad, what: "failed"),
            JobShare(count: missing, tone: .warn, what: "missing"),
            JobShare(count: canceled, tone: .mute, what: "canceled"),
        ].filter { $0.count > 0 }
    }
}
