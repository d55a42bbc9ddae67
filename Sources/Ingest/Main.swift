// SPDX-License-Identifier: Apache-2.0

import FleetAssembly
import FleetOperations
import FleetQueues
import FleetRuntime

/// `muster-ingest`: splits jobsets into jobs.
@main
struct Main {
    static func main() async {
        let name = "muster-ingest"
        await WorkerMain.run(name: name, check: FleetConfiguration.checkClients(of:)) { configuration, logger in
            let parts = try FleetParts(name: name, configuration: configuration, logger: logger)
            try await parts.prepare(name: name)
            let ingest = IngestWorker(
                store: parts.store,
                publisher: parts.publisher,
                announcer: JobAnnouncer(parts),
                limits: configuration.documentLimits,
                knownBackends: Set(configuration.backends.keys),
                rules: configuration.namingRules,
                demands: configuration.projectDemands,
                logger: logger
            )
            let worker = QueueWorker(
                queue: parts.topology.jobsets,
                limits: .init(prefetch: configuration.ingest.prefetch, concurrency: configuration.ingest.prefetch),
                configuration: parts.broker,
                publisher: parts.publisher,
                logger: logger
            ) { try await ingest.handle($0) }
            return parts.services + [worker]
        }
    }
}
