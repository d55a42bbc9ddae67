// SPDX-License-Identifier: Apache-2.0

/// One attempt to connect: each server once, until one takes us, within the limits that hold for all of them together. The
/// pause before the next attempt is the caller's, so servers that are down are asked no more often than one would be.
struct ServerRound {
    private let configuration: AMQPConfiguration
    private let end: ContinuousClock.Instant
    /// The servers that have not been tried, in order.
    private var left: ArraySlice<AMQPConfiguration.Server>
    private var failures: [AMQPError] = []

    /// A round that begins with a server at random; `start` chooses it.
    init(_ configuration: AMQPConfiguration, start: Int? = nil, now: ContinuousClock.Instant = .now) {
        let servers = configuration.servers
        let first = (start ?? .random(in: 0..<max(1, servers.count))) % max(1, servers.count)
        self.configuration = configuration
        left = (servers[first...] + servers[..<first])[...]
        end = now + configuration.connectTimeout + configuration.handshakeTimeout
    }

    /// How to reach the next server, with its share of the time that is left; nil: all have been tried.
    mutating func next(now: ContinuousClock.Instant = .now) -> AMQPConfiguration? {
        let count = left.count
        guard let server = left.popFirst() else { return nil }
        let whole = configuration.connectTimeout + configuration.handshakeTimeout
        let share = min(1, max(Self.smallestShare, (end - now) / whole / Double(count)))
        var one = configuration
        one.servers = [server]
        one.connectTimeout = configuration.connectTimeout * share
        one.handshakeTimeout = configuration.handshakeTimeout * share
        return one
    }

    /// So that the last server is tried too where those before it have taken a little too long.
    private static let smallestShare = 0.02

    /// Notes that a server could not be used.
    ///
    /// - Throws: `error`, if the others would answer alike: a cluster has its users and virtual hosts in common, and counts
    ///   what it refuses.
    mutating func failed(_ error: AMQPError) throws(AMQPError) {
        guard error.code != .authentication, error.code != .invalidArgument else { throw error }
        failures.append(error)
    }

    /// Why there is no connection. The kind is that of the failures if they are all of one kind; otherwise one of those
    /// servers is only away, and may take us later.
    var failure: AMQPError {
        guard let last = failures.last else { return AMQPError(.invalidArgument, "There must be a server.") }
        guard failures.count > 1 else { return last }
        var messages: [String] = []
        for message in failures.map(\.message) where !messages.contains(message) { messages.append(message) }
        var error = last
        error.message = messages.joined(separator: " ")
        if failures.contains(where: { $0.code != last.code }) { error.code = .connectionLost }
        return error
    }
}
