// SPDX-License-Identifier: Apache-2.0

import FleetAssembly
import FleetQueues
import FleetRuntime
import Foundation
import ServiceLifecycle

/// `muster-watcher`: learns what finished in the labs, fetches results, and finishes jobs.
@main
struct Main {
    static func main() async {
        let name = "muster-watcher"
        await WorkerMain.run(name: name) { configuration, logger in
            let parts = try FleetParts(name: name, configuration: configuration, logger: logger)
            try await parts.prepare(name: name)
            let labs = try LabClients(parts)
            let settings = configuration.watcher
            let flusher = CompletionFlusher(
                store: parts.store,
                publisher: parts.publisher,
                settings: settings,
                logger: logger
            )
            let fetcher = ResultFetcher(
                store: parts.store,
                flusher: flusher,
                labs: labs.byName,
                maximumResults: settings.maximumResultsPerJob,
                logger: logger
            )
            let holder = UUID()
            let pollers: [any Service] = configuration.backends.values.sorted { $0.name < $1.name }.compactMap {
                backend in
                labs.byName[backend.name].map { lab in
                    BackendPoller(
                        backend: backend,
                        settings: settings,
                        holder: holder,
                        store: parts.store,
                        publisher: parts.publisher,
                        lab: lab,
                        logger: logger
                    )
                }
            }
            let workers: [any Service] = configuration.backends.keys.sorted().map { backend in
                parts.worker(
                    LabJobMessage.self,
                    queue: parts.topology.finished(in: backend),
                    prefetch: settings.finishedPrefetch,
                    concurrency: settings.finishedPrefetch
                ) { message, tries in try await fetcher.handle(message, tries: tries) }
            }
            return parts.services + [labs, flusher] + workers + pollers + [Sweep(settings: settings, parts: parts)]
        }
    }
}
