// SPDX-License-Identifier: Apache-2.0

/// Everything that is wrong with a document, in the order in which it stands there.
public struct DocumentFaults: Error, Sendable, Hashable, CustomStringConvertible {
    /// The faults; never empty when thrown.
    public var faults: [Fault]

    /// These faults.
    public init(faults: [Fault]) {
        self.faults = faults
    }

    /// One fault a line.
    public var description: String { faults.map(\.description).joined(separator: "\n") }
}
