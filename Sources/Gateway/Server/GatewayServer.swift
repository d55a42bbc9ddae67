// SPDX-License-Identifier: Apache-2.0

import FleetRuntime
import Glibc
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

/// Serves HTTP until it is told to stop.
struct GatewayServer: Successor {
    let address: ListenAddress
    let limits: FleetConfiguration.Gateway
    let responder: RouterResponder<GatewayContext>
    let logger: Logger
    let onListening: @Sendable (Int) -> Void

    /// The most that the head of a request may have, in bytes.
    private static let maximumHeadBytes = 32 << 10
    /// For how long the address may be somebody else's: the server whose place this one takes has it until it stops.
    private static let addressLimit: Duration = .seconds(10)

    func run() async throws {
        let end = ContinuousClock.now + Self.addressLimit
        while true {
            do {
                return try await serve()
            } catch let error as IOError where error.errnoCode == EADDRINUSE && ContinuousClock.now < end {
                guard !Task.isShuttingDownGracefully else { return }
                logger.debug("the address is in use, trying again", [.error: "\(error)"])
                try await Task.sleep(for: .milliseconds(10))
            }
        }
    }

    private func serve() async throws {
        let (onListening, limits) = (onListening, limits)
        // What a client does to its connection is no news of the gateway's.
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let application = Application(
            responder: responder,
            server: .http1(
                configuration: HTTP1Channel.Configuration(
                    additionalChannelHandlers: [
                        ConnectionGuard(
                            headTimeout: limits.headTimeout,
                            bodyTimeout: limits.bodyTimeout,
                            stallTimeout: limits.stallTimeout
                        )
                    ],
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: Self.maximumHeadBytes,
                        maxHeaderListSize: Self.maximumHeadBytes,
                        maxHeaderFieldCount: 100
                    )
                )
            ),
            configuration: ApplicationConfiguration(
                address: .hostname(address.host, port: address.port),
                serverName: "muster",
                backlog: 1_024,
                availableConnectionsDelegate: MaximumAvailableConnections(limits.maximumConnections)
            ),
            onServerRunning: { channel in onListening(channel.localAddress?.port ?? 0) },
            logger: quiet
        )
        try await application.run()
    }
}
