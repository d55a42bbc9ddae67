// SPDX-License-Identifier: Apache-2.0

/// Some messages of a batch were not confirmed; all others were.
public struct AMQPBatchError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What went wrong, by the position in the batch.
    public let failures: [Int: AMQPError]

    /// An error for the given positions.
    public init(failures: [Int: AMQPError]) { self.failures = failures }

    /// The number of failures and the first of them.
    public var description: String {
        let first = failures.min { $0.key < $1.key }
        return "\(failures.count) messages of the batch failed; number \(first?.key ?? 0): "
            + (first.map { "\($0.value)" } ?? "")
    }
}
