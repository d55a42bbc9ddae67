// SPDX-License-Identifier: Apache-2.0

/// A row that has to be there is not: somebody removed it by hand, or it is a mistake of ours.
package struct MissingRow: Error, Sendable, CustomStringConvertible {
    /// The table it should be in.
    package let table: String
    /// What was looked for.
    package let id: String

    package var description: String { "there is no \(table) \(id)" }
}
