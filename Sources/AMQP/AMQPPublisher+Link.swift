// SPDX-License-Identifier: Apache-2.0

extension AMQPPublisher {
    /// What the publisher is told by its connection.
    private enum Event: Sendable {
        case connectionClosed(AMQPError?)
        case channelClosed(AMQPError?)
        case stop
    }

    /// Connects; when the connection is lost, again, with growing pauses.
    func keepConnected() async throws {
        var attempt = 0
        var hasConnected = false
        while !isStopping.value {
            do throws(AMQPError) {
                try await serveOneConnection {
                    attempt = 0
                    hasConnected = true
                }
            } catch {
                if error.isFatal && !hasConnected && !configuration.survivesRefusal { throw error }
                let delay = configuration.reconnectDelay(attempt: attempt)
                attempt += 1
                link.set(.down(error))
                observations.retrying(after: error, delay: delay)
                // Returns early, with true, when the service is told to stop.
                _ = try? await isStopping.wait(until: .now + delay) { $0 ? true : nil }
            }
        }
    }

    /// One connection from its making to its end. Returns when told to stop, throws when it is lost.
    private func serveOneConnection(onConnected: () -> Void) async throws(AMQPError) {
        let (events, continuation) = AsyncStream.makeStream(of: Event.self, bufferingPolicy: .bufferingOldest(64))
        turns.turn()
        let connection = try await Connection.open(
            configuration,
            name: "amqp-publisher",
            logger: logger,
            turns: turns
        ) { [observations] event in
            switch event {
            case .blocked(let reason): observations.blocked(reason)
            case .closed(let error): continuation.yield(.connectionClosed(error))
            }
        }
        do throws(AMQPError) {
            try await connection.declare(topology)
            try await openChannel(on: connection) { continuation.yield(.channelClosed($0)) }
        } catch {
            await connection.close()
            throw error
        }
        onConnected()
        observations.connected(await connection.reached)

        let isStopping = self.isStopping
        let stopper = Task {
            _ = try? await isStopping.wait(until: .now + .seconds(1_000_000_000)) { $0 ? true : nil }
            continuation.yield(.stop)
        }
        defer { stopper.cancel() }
        for await event in events {
            switch event {
            case .connectionClosed(let error):
                throw error ?? AMQPError(.connectionLost, "The connection was closed.")
            case .channelClosed(let error):
                guard let error else { continue }
                observations.channelClosed(error)
                // A lost connection reports itself; only a closed channel is opened again here.
                guard error.code == .channelClosed else { continue }
                link.set(.down(error))
                try await openChannel(on: connection) { continuation.yield(.channelClosed($0)) }
            case .stop:
                return await finish(connection)
            }
        }
        await finish(connection)
    }

    private func openChannel(
        on connection: Connection,
        onClosed: @escaping @Sendable (AMQPError?) -> Void
    ) async throws(AMQPError) {
        let channel = try await connection.openChannel { event in
            if case .closed(let error) = event { onClosed(error) }
        }
        try await connection.call(channel: channel, .confirmSelect)
        link.set(.up(connection, channel: channel))
    }

    /// Takes no more, lets what is outstanding be confirmed, and closes. Cancellation does not cut it short: what is
    /// outstanding ends by itself within the publish limit.
    private func finish(_ connection: Connection) async {
        let limit = configuration.publishTimeout
        link.update { if case .up = $0 { $0 = .closed } }
        let outstanding = self.outstanding
        await Task {
            _ = try? await outstanding.wait(until: .now + limit) { $0 == 0 ? true : nil }
            await connection.close()
        }.value
    }
}
