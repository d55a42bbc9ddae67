// SPDX-License-Identifier: Apache-2.0

import FleetAssembly
import FleetQueues
import FleetRuntime
import Hummingbird
import ServiceLifecycle

/// What a gateway is made of, beyond what every worker has.
struct GatewayServices {
    /// Where ingest's answers come in.
    let answers: ReplyConsumer
    /// Serves HTTP.
    let server: GatewayServer
    /// Keeps the audit from growing for ever.
    let upkeep: AuditUpkeep
    /// Learns which tokens are good.
    let tokens: TokenRefresh

    /// The services of one gateway, not yet running; `onListening` is told the port.
    ///
    /// - Throws: ``ConfigurationFaults`` when there is nowhere to listen.
    init(_ parts: FleetParts, onListening: @escaping @Sendable (Int) -> Void = { _ in }) throws {
        guard let address = parts.configuration.gateway.listen else {
            let place = parts.configuration.gateway.$listen
            throw ConfigurationFaults([place.fault("is off: there is nothing for a gateway to do")])
        }
        answers = ReplyConsumer(configuration: parts.broker, topology: parts.topology, logger: parts.logger)
        let gateway = GatewayParts(parts, answers: answers)
        server = GatewayServer(
            address: address,
            limits: parts.configuration.gateway,
            responder: GatewayRouter.make(gateway).buildResponder(),
            logger: parts.logger,
            onListening: onListening
        )
        upkeep = AuditUpkeep(
            store: parts.store,
            kept: parts.configuration.gateway.auditKept,
            logger: parts.logger
        )
        tokens = TokenRefresh(
            store: parts.store,
            known: gateway.access.known,
            interval: parts.configuration.gateway.tokenRefresh,
            logger: parts.logger
        )
    }

    /// In the order of dependency.
    var services: [any Service] { [answers, tokens, server, upkeep] }
}
