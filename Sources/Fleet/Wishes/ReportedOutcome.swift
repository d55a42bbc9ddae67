// SPDX-License-Identifier: Apache-2.0

/// How a job that somebody else has run can have ended.
package enum ReportedOutcome: String, Sendable, CaseIterable {
    case complete, incomplete, canceled

    package var outcome: JobOutcome {
        switch self {
        case .complete: .complete
        case .incomplete: .incomplete
        case .canceled: .canceled
        }
    }

    package static var words: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
