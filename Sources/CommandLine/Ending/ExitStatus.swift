// SPDX-License-Identifier: Apache-2.0

import Fleet

/// What the shell is told.
enum ExitStatus: Int32, Sendable {
    /// It is done; of a jobset waited for: it passed.
    case success = 0
    /// The jobset failed, whatever else is missing of it.
    case failed = 1
    /// The command can't be carried out as given.
    case usage = 2
    /// Nothing of the jobset failed, but something is missing; or what was asked for is not there yet.
    case incomplete = 3
    /// What the command needs could not be reached, or not in time.
    case unreachable = 4
    /// The jobset was canceled.
    case canceled = 5
    /// A person stopped it (128 + SIGINT, as shells count).
    case interrupted = 130

    /// What a jobset's verdict comes to.
    init(_ verdict: Verdict) {
        self =
            switch verdict {
            case .passed: .success
            case .failed: .failed
            case .incomplete: .incomplete
            case .canceled: .canceled
            }
    }
}
