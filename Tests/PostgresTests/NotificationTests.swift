// SPDX-License-Identifier: Apache-2.0

import Foundation
import Postgres
import Testing

@Suite("Notifications", .timeLimit(.minutes(10)))
struct NotificationTests {
    private func withClient<R: Sendable>(
        capacity: Int = 1024,
        _ body: (PostgresClient, String) async throws -> R
    ) async throws -> R {
        let adjust = { (configuration: inout PostgresConfiguration) in
            configuration.applicationName = "listen-\(UUID().uuidString)"
            configuration.notificationCapacity = capacity
        }
        return try await TestDatabase.withClient(adjust) { client in
            try await body(client, "channel \"\(UUID().uuidString.lowercased())\"")
        }
    }

    @Test("what is notified is heard, in order, with channel and payload")
    func heard() async throws {
        try await withClient { client, channel in
            try await client.withNotifications(channels: [channel]) { notifications in
                for text in ["", "one", "two 'ż'"] { try await client.execute("select pg_notify(\(channel), \(text))") }
                var heard: [String] = []
                for await notification in notifications {
                    guard case .message(let message) = notification else { continue }
                    #expect(message.channel == channel)
                    heard.append(message.payload)
                    if heard.count == 3 { break }
                }
                #expect(heard == ["", "one", "two 'ż'"])
            }
        }
    }

    @Test("a listening connection that ends is replaced, which is said, and then it hears again")
    func replaced() async throws {
        try await withClient { client, channel in
            try await client.withNotifications(channels: [channel]) { notifications in
                var iterator = notifications.makeAsyncIterator()
                try await client.execute(
                    """
                    select pg_terminate_backend(pid) from pg_stat_activity
                    where application_name = \(client.configuration.applicationName) and pid <> pg_backend_pid()
                    """
                )
                #expect(await iterator.next() == .reconnected)
                try await client.execute("select pg_notify(\(channel), 'again')")
                guard case .message(let message) = await iterator.next() else {
                    Issue.record("nothing was heard")
                    return
                }
                #expect(message.payload == "again")
            }
        }
    }

    @Test("what comes faster than it is consumed is dropped, which is said")
    func overflow() async throws {
        try await withClient(capacity: 4) { client, channel in
            try await client.withNotifications(channels: [channel]) { notifications in
                try await client.execute("select pg_notify(\(channel), n::text) from generate_series(1, 500) n")
                var count = 0
                for await notification in notifications {
                    count += 1
                    if notification == .reconnected { break }
                }
                #expect(count < 500)
            }
        }
    }

    @Test("the sequence ends when its task is cancelled, and its connection goes")
    func cancelled() async throws {
        try await withClient { client, channel in
            let task = Task {
                try await client.withNotifications(channels: [channel]) { notifications in
                    for await _ in notifications {}
                }
            }
            let name = client.configuration.applicationName
            let listening: PostgresStatement =
                "select 1 from pg_stat_activity where application_name = \(name) and query like 'listen%'"
            try await eventually("it to listen") { try await client.query(listening).count == 1 }
            task.cancel()
            try await task.value
            try await eventually("it to listen no more") { try await client.query(listening).isEmpty }
        }
    }
}
