// SPDX-License-Identifier: Apache-2.0

import Postgres

/// Watches how many accounts there are, until there are `count`.
func waitForAccounts(_ count: Int, by client: PostgresClient) async throws {
    func isEnough() async throws -> Bool {
        try await client.query("select count(*) from account").one().decode(Int.self) >= count
    }
    try await client.withNotifications(channels: ["account_opened"]) { notifications in
        // LISTEN is in force: an account that this does not see will be heard of.
        guard try await !isEnough() else { return }
        for await notification in notifications {
            switch notification {
            case .message: if try await isEnough() { return }
            // Something may have been missed: the tables know.
            case .reconnected: if try await isEnough() { return }
            }
        }
    }
}
