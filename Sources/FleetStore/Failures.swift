// SPDX-License-Identifier: Apache-2.0

import Postgres

extension FleetStore {
    /// Whether what a step for many has failed with may be the fault of one of them: a value that can't be stored or
    /// read, a row that somebody else holds for too long. A database that is away is away for all of them.
    @Sendable package static func mayConcernOne(_ error: any Error) -> Bool {
        guard let error = error as? PostgresError else { return true }
        return !error.isConnectionLoss && !concernsAll.contains(error.code)
    }

    private static let concernsAll: Set<PostgresError.Code> = [.poolTimeout, .poolExhausted, .closed, .canceled]
}
