// SPDX-License-Identifier: Apache-2.0

import Postgres

/// Why a question that reads as much as there is was not answered.
package enum QuestionFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// It took longer than it may.
    case tooLong
    /// The server could not answer it: its disk or its memory is full.
    case refused(String)

    /// The reason in words, fit for a log.
    package var description: String {
        switch self {
        case .tooLong: "it took too long"
        case .refused(let reason): reason
        }
    }
}

extension FleetStore {
    /// Asks what may take longer, or shall take less long, than a usual statement.
    ///
    /// - Parameter limit: How long each statement may take; `nil`: as long as any.
    /// - Throws: ``QuestionFailure`` where there is a limit and the server gave up.
    func asking<Answer: Sendable>(
        within limit: Duration?,
        _ body: @escaping @Sendable (PostgresTransaction) throws -> Answer
    ) async throws -> Answer {
        guard let limit else { return try await transaction(readOnly: true, body) }
        guard limit > .zero else { throw QuestionFailure.tooLong }
        do {
            return try await transaction(readOnly: true) { sql in
                try sql.setStatementTimeout(limit)
                return try body(sql)
            }
        } catch let error as PostgresError where error.code == .server {
            throw error.sqlState == .queryCanceled ? QuestionFailure.tooLong : .refused("\(error)")
        }
    }
}
