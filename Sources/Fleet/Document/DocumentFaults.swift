// SPDX-License-Identifier: Apache-2.0

/// Everything that is wrong with a document, in the order in which it stands there.
package struct DocumentFaults: Error, Sendable, Hashable, CustomStringConvertible {
    /// The faults; never empty when thrown.
    package var faults: [Fault]

    package init(faults: [Fault]) {
        self.faults = faults
    }

    /// One fault a line.
    package var description: String { faults.map(\.description).joined(separator: "\n") }
}
