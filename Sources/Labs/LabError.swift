// SPDX-License-Identifier: Apache-2.0

/// Why a lab did not do what it was asked.
package struct LabError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What callers tell apart.
    package enum Kind: Sendable, Equatable {
        /// The lab refused the request for good, in its own words.
        case refused(message: String)
        /// The token is wrong or lacks a right.
        case unauthorized
        /// There is no such thing.
        case notFound
        /// The lab asks for a pause.
        case throttled(retryAfter: Duration?)
        /// The lab answered with a failure of its own.
        case failed
        /// The lab's answer makes no sense.
        case unintelligible
        /// The answer is larger than is read.
        case tooLarge
        /// The connection could not be made, or broke.
        case unreachable
        /// The limit of the request was reached.
        case timeout
        /// The request was never sent: too many others were open for too long.
        case busy
        /// The calling task was cancelled.
        case cancelled
    }

    package let kind: Kind
    /// Whether the lab may have done what was asked although no good answer came. It is true only for requests that
    /// change something, and errs on the side of doubt.
    package let isInDoubt: Bool
    /// One sentence for people; it holds no secret.
    package let description: String

    package init(_ kind: Kind, isInDoubt: Bool, _ description: String) {
        self.kind = kind
        self.isInDoubt = isInDoubt
        self.description = description
    }
}

extension LabError {
    /// Whether it tells nothing of the lab: our own line was too long, or whoever asked was told to stop. It is no
    /// failure of the lab's, and no try.
    package var isOurs: Bool { kind == .busy || kind == .cancelled }

    /// Whether a lab that is otherwise well may answer so to what it does not let us see.
    package var isRefusalToShow: Bool { kind == .unauthorized || kind == .notFound }

    /// Whether the lab gave no answer at all.
    package var isSilence: Bool {
        switch kind {
        case .unreachable, .timeout, .cancelled, .busy: true
        default: false
        }
    }

    /// Whether the lab answered, and what it said may be about what it was asked for and not about itself.
    package var isOfOneQuestion: Bool {
        switch kind {
        case .failed, .refused, .unintelligible, .tooLarge: true
        default: false
        }
    }

    /// Whether the lab answered, and what it said may be about the job and not about itself.
    package var isOfOneJob: Bool {
        switch kind {
        case .failed, .refused, .notFound: true
        default: false
        }
    }
}
