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
        await WorkerMain.run(name: name, check: FleetConfiguration.checkClientsAndLabs(of:)) { configuration, logger in
            let parts = try FleetParts(name: name, configuration: configuration, logger: logger)
            try await parts.prepare(name: name)
            // Over connections of their own: those of a lab that hangs are all in use.
            let probing = try LabClients(parts)
            let labs = try LabClients(parts, recoveries: probing.byName.mapValues { OutageWatch(lab: $0).recovery })
            let settings = configuration.watcher
            let flusher = CompletionFlusher(
                store: parts.store,
                publisher: parts.publisher,
                settings: settings,
                knownIssues: configuration.knownIssues,
                metricLimits: configuration.metricLimits,
                logger: logger
            )
            let fetcher = ResultFetcher(
                store: parts.store,
                flusher: flusher,
                labs: labs.byName,
                maximumResults: settings.maximumResultsPerJob,
                inHand: ResultsInHand(maximum: settings.maximumResultsBytes, labs: configuration.backends.count),
                settings: settings,
                rule: InfrastructureRule(configuration, logger: logger),
                logger: logger
            )
            let workers: [any Service] = configuration.backends.keys.sorted().map { backend in
                parts.worker(
                    LabJobMessage.self,
                    queue: parts.topology.finished(in: backend),
                    concurrency: settings.finishedPrefetch
                ) { message, tries in try await fetcher.handle(message, tries: tries) }
            }
            let held = HeldLabs()
            return parts.services + [labs, probing] + workers + keepers(parts, labs, held)
                + [
                    Sweep(settings: settings, parts: parts), Deadlines(settings: settings, parts: parts),
                    Recount(interval: settings.recountInterval, parts: parts),
                    StateGauges(held: held, parts: parts), Rollup(interval: settings.rollupInterval, parts: parts),
                    HistoryRecorder(interval: settings.rollupInterval, parts: parts),
                    ExpiryRemover(
                        rules: configuration.retentionRules,
                        settings: settings,
                        parts: parts
                    ),
                ]
        }
    }

    /// One that keeps the lease of each lab, and watches the lab while it does.
    private static func keepers(_ parts: FleetParts, _ labs: LabClients, _ held: HeldLabs) -> [any Service] {
        let holder = UUID()
        return parts.configuration.backends.values.sorted { $0.name < $1.name }.compactMap { backend in
            guard let client = labs.byName[backend.name] else { return nil }
            let lab = WatchedLab(
                backend: backend,
                settings: parts.configuration.watcher,
                doubts: parts.configuration.doubtTerms(of: backend),
                store: parts.store,
                publisher: parts.publisher,
                client: client,
                logger: parts.logger
            )
            return LeaseKeeper(lab: lab, holder: holder, watch: LabWatch(lab: lab), held: held)
        }
    }
}
