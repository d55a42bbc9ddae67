// SPDX-License-Identifier: Apache-2.0

import Postgres

enum Payment: Equatable {
    case made
    /// The balance is too small.
    case refused
    /// The connection broke during COMMIT: look at the accounts before you pay again.
    case unknown
}

/// Pays, and tells what became of it.
func pay(_ amount: Int, from payer: String, to payee: String, by client: PostgresClient) async throws -> Payment {
    do {
        _ = try await transfer(amount, from: payer, to: payee, by: client)
        return .made
    } catch let error as PostgresError where error.sqlState == .checkViolation {
        return .refused
    } catch let error as PostgresError where error.code == .commitUnknown {
        return .unknown
    }
}
