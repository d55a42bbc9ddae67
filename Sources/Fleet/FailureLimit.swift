// SPDX-License-Identifier: Apache-2.0

/// How many jobs of a jobset may fail before the rest is canceled.
///
/// A job fails when it keeps its jobset from passing: it did not complete, or a test of it failed. Canceled jobs are
/// left out of account.
package enum FailureLimit: Sendable, Hashable {
    case count(Int)
    /// So many of a hundred jobs.
    case percent(Int)

    /// The largest number of jobs that a limit can name.
    package static let maximumCount = 10_000_000

    /// A limit from its text, `12` or `12%`; `nil` when it is none.
    package init?(_ text: some StringProtocol) {
        let isPercent = text.hasSuffix("%")
        let digits = isPercent ? text.dropLast() : text[...]
        guard !digits.isEmpty, digits.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains),
            let number = Int(digits), number <= (isPercent ? 100 : Self.maximumCount)
        else { return nil }
        self = isPercent ? .percent(number) : .count(number)
    }

    /// Whether so many failures among `total` jobs are too many.
    package func isExceeded(by failures: Int, of total: Int) -> Bool {
        switch self {
        case .count(let limit): failures > limit
        case .percent(let limit): failures * 100 > total * limit
        }
    }
}

extension FailureLimit: CustomStringConvertible {
    /// As it stands in a document: `12` or `12%`.
    package var description: String {
        switch self {
        case .count(let limit): "\(limit)"
        case .percent(let limit): "\(limit)%"
        }
    }
}

extension FailureLimit: CodedAsText {
    package static let meaning = "a number or percentage"
}
