// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore

/// How good a thing is.
enum Tone: String, Sendable {
    case good, bad, warn, run, mute
    /// What waits.
    case wait
    /// What there is nothing to say of yet.
    case none

    /// How much it wants to be looked at.
    var weight: Int {
        switch self {
        case .bad: 4
        case .warn: 3
        case .mute: 2
        case .good: 1
        case .run, .wait, .none: 0
        }
    }
}

/// A state in a word, with a sign of its own: colour alone tells nobody anything.
struct Badge: Sendable {
    let tone: String
    let sign: String
    let label: String

    init(_ tone: Tone, _ label: String) {
        self.tone = tone.rawValue
        self.label = PageText.line(label, limit: 80)
        sign =
            switch tone {
            case .good: "✓"
            case .bad: "✕"
            case .warn: "!"
            case .run: "●"
            case .mute, .wait, .none: "–"
            }
    }

    /// A jobset's.
    init(_ state: JobsetState, _ verdict: Verdict?, _ jobs: JobCounts) {
        guard let verdict else {
            self.init(.run, state.rawValue)
            return
        }
        let tone: Tone =
            switch verdict {
            case .passed: .good
            case .failed: .bad
            case .incomplete: .warn
            case .canceled: .mute
            }
        self.init(tone, VerdictWords(verdict, jobs).line)
    }

    /// A job's.
    init(_ state: JobState, _ outcome: JobOutcome?, failedTests: Int) {
        switch (state, outcome) {
        case (_, .complete?): self.init(failedTests > 0 ? .bad : .good, failedTests > 0 ? "tests failed" : "passed")
        case (_, .canceled?): self.init(.mute, "canceled")
        case (_, .rejected?): self.init(.bad, "rejected")
        case (_, let outcome?): self.init(.warn, outcome.rawValue)
        case (.waiting, nil): self.init(.mute, "waiting")
        case (_, nil): self.init(.run, "in lab")
        }
    }

    /// A lab's.
    init(_ state: BackendState, isConfigured: Bool) {
        guard isConfigured else {
            self.init(.mute, "not configured")
            return
        }
        switch state {
        case .ok: self.init(.good, "ok")
        case .paused: self.init(.mute, "paused")
        case .stopped, .broken: self.init(.bad, state.rawValue)
        case .probing: self.init(.warn, "probing")
        }
    }

    /// A delivery's.
    init(delivery state: String, tries: Int) {
        switch state {
        case "delivered": self.init(.good, "delivered")
        case "failed": self.init(.bad, "given up")
        case "skipped": self.init(.mute, "not sent")
        default: self.init(tries > 0 ? .warn : .run, tries > 0 ? "trying" : "due")
        }
    }

    /// A webhook's.
    init(webhook: Webhook) {
        guard webhook.isEnabled else {
            self.init(.mute, "off")
            return
        }
        self.init(webhook.failed > 0 ? .warn : .good, webhook.failed > 0 ? "on, failures" : "on")
    }

    /// A test case's.
    init(_ status: ResultStatus) {
        switch status {
        case .pass: self.init(.good, "pass")
        case .fail: self.init(.bad, "fail")
        case .xfail: self.init(.warn, "known failure")
        case .skip: self.init(.mute, "skip")
        case .unknown: self.init(.warn, "unknown")
        }
    }
}
