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
