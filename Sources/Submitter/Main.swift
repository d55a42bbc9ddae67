// SPDX-License-Identifier: Apache-2.0

import FleetAssembly
import FleetOperations
import FleetQueues
import FleetRuntime
import ServiceLifecycle

/// `muster-submitter`: brings jobs into their labs.
@main
struct Main {
    static func main() async {
        let name = "muster-submitter"
        await WorkerMain.run(name: name, check: FleetConfiguration.checkClientsAndLabs(of:)) { configuration, logger in
            let parts = try FleetParts(name: name, configuration: configuration, logger: logger)
            try await parts.prepare(name: name)
            let labs = try LabClients(parts)
            var services: [any Service] = parts.services + [labs]
            for backend in configuration.backends.values.sorted(by: { $0.name < $1.name }) {
                guard let lab = labs.byName[backend.name] else { continue }
                let submission = SubmissionWorker(
                    backend: backend,
                    settings: configuration.submitter,
                    doubts: configuration.doubtTerms(of: backend),
                    store: parts.store,
                    publisher: parts.publisher,
                    lab: lab,
                    logger: logger
                )
                services.append(
                    DueJobs(
                        backend: backend,
                        settings: configuration.submitter,
                        store: parts.store,
                        announcer: JobAnnouncer(parts),
                        lab: lab,
                        logger: logger
                    )
                )
                services.append(
                    parts.worker(
                        JobMessage.self,
                        queue: parts.topology.jobs(of: backend.name),
                        concurrency: configuration.submitter.jobsInHand(of: backend)
                    ) { message, _ in try await submission.handle(message) }
                )
                // Behind the worker, so that it closes before what the worker has in hand is waited for.
                services.append(submission.turnstile)
            }
            return services
        }
    }
}
