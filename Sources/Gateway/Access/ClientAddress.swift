// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetRuntime
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// Finds out where a request comes from: by the connection, or by what a reverse proxy that is trusted says of it.
struct ClientAddress: Sendable {
    private let proxies: [Network]
    private let suspicion: Suspicion

    private static let forwardedFor = HTTPField.Name("X-Forwarded-For")

    /// Believes proxies in these networks, given as CIDRs.
    init(trustedProxies: [String], logger: Logger? = nil) {
        proxies = trustedProxies.compactMap(Network.init)
        suspicion = Suspicion(logger: trustedProxies.isEmpty ? logger : nil)
    }

    /// The address, without a port; nil where the connection has none.
    func of(_ request: Request, on channel: any Channel) -> String? {
        let peer = channel.remoteAddress?.ipAddress
        let forwardedFor = Self.forwardedFor.flatMap { request.headers[values: $0] } ?? []
        if !forwardedFor.isEmpty { suspicion.raise(of: peer) }
        return of(peer: peer, forwardedFor: forwardedFor)
    }

    /// The last address in the list that is no proxy of ours: what stands before it, anybody may have written.
    func of(peer: String?, forwardedFor: [String]) -> String? {
        guard let peer, isTrusted(peer) else { return peer }
        let hops = forwardedFor.flatMap { $0.split(separator: ",") }.map { $0.filter { !$0.isWhitespace } }
        var client = peer
        for hop in hops.reversed() {
            guard IPAddress(hop) != nil else { break }
            client = hop
            guard isTrusted(hop) else { break }
        }
        return client
    }

    private func isTrusted(_ text: String) -> Bool {
        IPAddress(text).map { address in proxies.contains { $0.contains(address) } } ?? false
    }
}

/// Says once that requests seem to come through a proxy, and none is believed.
private final class Suspicion: Sendable {
    private let logger: Logger?
    private let isRaised = Atomic(false)

    init(logger: Logger?) { self.logger = logger }

    func raise(of peer: String?) {
        guard let logger, !isRaised.exchange(true, ordering: .relaxed) else { return }
        logger.warning(
            "requests come through a proxy that is not believed: all its clients count as one; gateway.trusted_proxies names proxies",
            [.peer: "\(peer ?? "unknown")"]
        )
    }
}
