// SPDX-License-Identifier: Apache-2.0

extension PostgresClient {
    /// Listens on `channels` while `body` runs, on a connection of its own that is replaced when it breaks.
    ///
    /// LISTEN is in force before `body` begins, so what is read from tables inside it is not older than what is heard. At most
    /// `notificationCapacity` notifications wait to be consumed; beyond, the oldest go, and `reconnected` says so. The sequence
    /// ends when the client closes.
    ///
    /// - Throws: what `body` throws; `PostgresError` if listening could not begin or could not go on.
    public func withNotifications<R>(
        channels: [String],
        _ body: (AsyncStream<PostgresNotification>) async throws -> R
    ) async throws -> R {
        guard !channels.isEmpty else { throw PostgresError(.configuration, "there is no channel to listen on") }
        let (stream, output) = AsyncStream.makeStream(
            of: PostgresNotification.self,
            bufferingPolicy: .bufferingNewest(configuration.notificationCapacity)
        )
        let listener = Listener(pool: pool, channels: channels, output: output)
        let connection = try await listener.begin()
        let task = Task { try await listener.run(on: connection) }
        guard let registration = listeners.add({ task.cancel() }) else {
            task.cancel()
            _ = await task.result
            throw PostgresError(.closed, "the client is closed")
        }
        let outcome: Result<R, any Error>
        do {
            outcome = .success(try await body(stream))
        } catch {
            outcome = .failure(error)
        }
        listeners.remove(registration)
        task.cancel()
        let listening = await task.result
        let result = try outcome.get()
        // Its end by cancellation is our own doing; any other is the caller's to know.
        if case .failure(let error as PostgresError) = listening, error.code != .canceled, error.code != .closed {
            throw error
        }
        return result
    }
}
