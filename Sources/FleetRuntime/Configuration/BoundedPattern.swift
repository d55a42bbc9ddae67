// SPDX-License-Identifier: Apache-2.0

import CDispatch
import Foundation
import Glibc

/// A regular expression of the configuration, by ICU's rules, whose search in a text of others takes a bounded amount of
/// work: one that goes back over the text without end, such as `(a+)+$`, is given up.
package struct BoundedPattern: Sendable {
    /// What a search came to.
    package enum Outcome: Sendable, Equatable {
        /// It is in the text.
        case found
        /// It is not.
        case notFound
        /// It would have taken too long to find out.
        case givenUp
    }

    /// The most processor time that one search takes, in seconds: by the clock of its thread, so that it is as much on a
    /// machine that is busy.
    private static let maximumSeconds = 0.25

    /// The pattern, as it stands in the configuration.
    package let text: String

    /// A pattern; `nil` when it is none.
    package init?(_ text: String) {
        guard (try? NSRegularExpression(pattern: text)) != nil else { return nil }
        self.text = text
    }

    /// Looks for the pattern anywhere in `text`.
    package func search(_ text: String) -> Outcome {
        // Seldom enough to be compiled anew each time, so that nothing is shared between tasks.
        guard let expression = try? NSRegularExpression(pattern: self.text) else { return .notFound }
        var outcome = Outcome.notFound
        let deadline = Self.threadSeconds() + Self.maximumSeconds
        expression.enumerateMatches(
            in: text,
            options: .reportProgress,
            range: NSRange(location: 0, length: text.utf16.count)
        ) { match, _, stop in
            if match != nil {
                outcome = .found
                stop.pointee = true
                return
            }
            // ICU reports now and then that it is still at it.
            guard Self.threadSeconds() > deadline else { return }
            outcome = .givenUp
            stop.pointee = true
        }
        return outcome
    }

    /// How long this thread has had a processor. `timespec` belongs to whichever of the two C
    /// modules is loaded first.
    private static func threadSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
