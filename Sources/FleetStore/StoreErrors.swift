// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Postgres

extension PostgresError: LastingError {
    /// Whether it is the values that can't be stored.
    package var isLasting: Bool { concernsValues }
}

extension PostgresError {
    /// Why a document can't be stored, where it is the document that is at fault. A unique key or a reference may be met
    /// by what another transaction did meanwhile, and is not.
    package var refusal: Problem? {
        guard concernsValues, sqlState != .uniqueViolation, sqlState != .foreignKeyViolation else { return nil }
        let place = column.map { "/\($0)" } ?? ""
        return .invalidDocument([Fault(pointer: place, reason: "can't be stored: \(message)")])
    }
}

extension FleetStore {
    /// Whether what a step for many has failed with may be the fault of one of them: a value that can't be stored or
    /// read, a row that somebody else holds for too long. A database that is away is away for all of them.
    @Sendable package static func mayConcernOne(_ error: any Error) -> Bool {
        guard let error = error as? PostgresError else { return true }
        return !error.isConnectionLoss && !concernsAll.contains(error.code)
    }

    private static let concernsAll: Set<PostgresError.Code> = [.poolTimeout, .poolExhausted, .closed, .canceled]
}

/// A row that has to be there is not: somebody removed it by hand, or it is a mistake of ours.
package struct MissingRow: Error, Sendable, CustomStringConvertible {
    /// The table it should be in.
    package let table: String
    /// What was looked for.
    package let id: String

    package var description: String { "there is no \(table) \(id)" }
}
