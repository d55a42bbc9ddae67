// SPDX-License-Identifier: Apache-2.0

/// A column of a result.
public struct PostgresColumn: Hashable, Sendable {
    /// Its name, as the statement gave it.
    public let name: String
    /// Its type, as the server gave it.
    public let type: PostgresType
}
