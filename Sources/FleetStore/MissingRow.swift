// SPDX-License-Identifier: Apache-2.0

/// A row that has to be there is not: somebody removed it by hand, or it is a mistake of ours.
public struct MissingRow: Error, Sendable, CustomStringConvertible {
    /// The table it should be in.
    public let table: String
    /// What was looked for.
    public let id: String

    /// What is missing.
    public var description: String { "there is no \(table) \(id)" }
}
