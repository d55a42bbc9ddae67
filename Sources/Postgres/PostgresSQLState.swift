// SPDX-License-Identifier: Apache-2.0

/// The five characters with which PostgreSQL names what went wrong (PostgreSQL manual, appendix A).
public struct PostgresSQLState: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The five characters, such as `23505`.
    public let rawValue: String

    /// Any state, known here or not.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// The five characters.
    public var description: String { rawValue }

    /// The first two characters: the kind of trouble.
    public var errorClass: String { String(rawValue.prefix(2)) }

    /// A row with this key is there already.
    public static let uniqueViolation = PostgresSQLState(rawValue: "23505")
    /// A check constraint said no.
    public static let checkViolation = PostgresSQLState(rawValue: "23514")
    /// A reference to a row that is not there, or that is still referred to.
    public static let foreignKeyViolation = PostgresSQLState(rawValue: "23503")
    /// NULL where none may be.
    public static let notNullViolation = PostgresSQLState(rawValue: "23502")
    /// An exclusion constraint said no.
    public static let exclusionViolation = PostgresSQLState(rawValue: "23P01")
    /// Two transactions could not be put in any order; the whole of this one may be tried again.
    public static let serializationFailure = PostgresSQLState(rawValue: "40001")
    /// Two transactions waited for each other; the whole of this one may be tried again.
    public static let deadlockDetected = PostgresSQLState(rawValue: "40P01")
    /// A lock was not to be had: `nowait`, or `lock_timeout` ran out.
    public static let lockNotAvailable = PostgresSQLState(rawValue: "55P03")
    /// No such table.
    public static let undefinedTable = PostgresSQLState(rawValue: "42P01")
    /// No such column.
    public static let undefinedColumn = PostgresSQLState(rawValue: "42703")
    /// No such function, or not with these argument types.
    public static let undefinedFunction = PostgresSQLState(rawValue: "42883")
    /// The table is there already.
    public static let duplicateTable = PostgresSQLState(rawValue: "42P07")
    /// The statement does not parse.
    public static let syntaxError = PostgresSQLState(rawValue: "42601")
    /// The role may not do this.
    public static let insufficientPrivilege = PostgresSQLState(rawValue: "42501")
    /// A number does not fit its type.
    public static let numericValueOutOfRange = PostgresSQLState(rawValue: "22003")
    /// Text that is no value of the wanted type.
    public static let invalidTextRepresentation = PostgresSQLState(rawValue: "22P02")
    /// Stopped on request, or by `statement_timeout`.
    public static let queryCanceled = PostgresSQLState(rawValue: "57014")
    /// The server is shutting down, or an administrator ended the connection.
    public static let adminShutdown = PostgresSQLState(rawValue: "57P01")
    /// The server ended all connections after a crash of one of its processes.
    public static let crashShutdown = PostgresSQLState(rawValue: "57P02")
    /// The server is starting up or shutting down and takes no connections.
    public static let cannotConnectNow = PostgresSQLState(rawValue: "57P03")
    /// All of the server's connections are in use.
    public static let tooManyConnections = PostgresSQLState(rawValue: "53300")
    /// The password is wrong.
    public static let invalidPassword = PostgresSQLState(rawValue: "28P01")
    /// No such database.
    public static let invalidCatalogName = PostgresSQLState(rawValue: "3D000")
    /// An earlier statement failed; only a rollback is heard.
    public static let inFailedTransaction = PostgresSQLState(rawValue: "25P02")
    /// A write in a read-only transaction.
    public static let readOnlyTransaction = PostgresSQLState(rawValue: "25006")
    /// The prepared statement is unknown to the server.
    public static let invalidStatementName = PostgresSQLState(rawValue: "26000")
    /// The server cannot do this; among others, a cached plan whose result type has changed.
    public static let featureNotSupported = PostgresSQLState(rawValue: "0A000")
}
