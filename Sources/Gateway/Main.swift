// SPDX-License-Identifier: Apache-2.0

import FleetAssembly
import FleetQueues
import FleetRuntime
import Glibc
import Hummingbird
import ServiceLifecycle

/// `muster-gateway`: the fleet over HTTP. One more client of the queue, and one more reader of the database.
@main
struct Main {
    static func main() async {
        let name = "muster-gateway"
        MemoryReturn.configure()
        await WorkerMain.run(name: name, check: check) { configuration, logger in
            let parts = try FleetParts(name: name, configuration: configuration, logger: logger, needsBroker: false)
            let services = try GatewayServices(parts)
            try await parts.prepare(name: name)
            return parts.services + services.services
        }
    }

    /// Whether a start takes the configuration.
    private static func check(_ configuration: FleetConfiguration) throws(ConfigurationFaults) {
        try FleetConfiguration.checkClients(of: configuration)
        _ = try GatewayServices.address(configuration)
    }
}

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
        let address = try Self.address(parts.configuration)
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

    /// Where a gateway listens.
    ///
    /// - Throws: ``ConfigurationFaults`` when there is nowhere to listen.
    static func address(_ configuration: FleetConfiguration) throws(ConfigurationFaults) -> ListenAddress {
        guard let address = configuration.gateway.listen else {
            let place = configuration.gateway.$listen
            throw ConfigurationFaults([place.fault("is off: there is nothing for a gateway to do")])
        }
        return address
    }

    /// In the order of dependency.
    var services: [any Service] { [answers, tokens, upkeep, server] }
}

/// How the C library keeps memory that has been freed.
enum MemoryReturn {
    /// Blocks of this many bytes and more are mapped, and unmapped when they are freed.
    private static let mappedBytes: Int32 = 1 << 20
    /// The most heaps; each keeps what is free between blocks that are not.
    private static let maximumArenas: Int32 = 4

    /// Has large blocks given back to the system as soon as they are freed. To be called before any thread is started.
    ///
    /// Left alone, glibc takes the largest block that was ever freed, up to 32 MiB, for the usual size, and keeps such
    /// blocks from then on (`mallopt(3)`, `M_MMAP_THRESHOLD`): after a few large bodies as much again was never given back.
    static func configure() {
        // As in <malloc.h>, which is no part of Swift's Glibc; another C library may have no such function.
        let (threshold, arenas): (Int32, Int32) = (-3, -8)
        guard let symbol = dlsym(nil, "mallopt") else { return }
        let mallopt = unsafeBitCast(symbol, to: (@convention(c) (Int32, Int32) -> Int32).self)
        _ = mallopt(threshold, mappedBytes)
        _ = mallopt(arenas, maximumArenas)
    }
}
