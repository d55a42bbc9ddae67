// SPDX-License-Identifier: Apache-2.0

import Callbacks
import Fleet
import FleetAssembly
import FleetQueues
import FleetRuntime
import FleetStore
import ServiceLifecycle

/// What a notifier is made of, beyond what every worker has.
struct NotifierServices {
    /// Delivers what is due.
    let runner: DeliveryRunner
    /// Takes notifications, each of which only wakes the runner.
    let worker: QueueWorker
    /// Keeps the log of deliveries short.
    let upkeep: DeliveryUpkeep
    /// Makes the store know the webhooks of the configuration, and tells them of progress.
    let webhookUpkeep: WebhookUpkeep
    /// Has lists of failing tests mailed, if somebody wants them.
    let digests: DigestUpkeep?
    /// Publishes events, if they are wanted.
    let relay: EventRelay?

    /// Whether ``init(_:resolver:)`` takes a configuration.
    ///
    /// - Throws: the file of authorities that can't be used.
    static func check(_ configuration: FleetConfiguration) throws(ConfigurationFaults) {
        _ = try ReceiverAuthorities(configuration.callback)
    }

    /// The services of one notifier, not yet running; `resolver` knows the addresses of callbacks' hosts.
    ///
    /// - Throws: when a signing secret or the file of authorities can't be used.
    init(_ parts: FleetParts, resolver: HostResolver = HostResolver()) throws {
        let notifier = parts.configuration.notifier
        let callback = parts.configuration.callback
        let sender = CallbackSender(
            timeout: notifier.callbackTimeout,
            excerptBytes: notifier.responseExcerptBytes,
            policy: AddressPolicy(allowedNetworks: callback.allowedNetworks),
            resolver: resolver,
            authorities: try ReceiverAuthorities(callback)
        )
        let maker = DeliveryMaker(
            store: parts.store,
            loader: ReportLoader(
                store: parts.store,
                labs: parts.configuration.labAddresses,
                publicURL: parts.configuration.gateway.publicURL,
                metricThreshold: Double(notifier.metricThreshold),
                partLimit: notifier.reportPartLimit,
                logger: parts.logger
            ),
            sender: sender,
            signers: try WebhookSigners(callback),
            webhooks: ProjectWebhooks(parts.configuration),
            maximumBodyBytes: callback.maximumBodyBytes,
            reportWait: notifier.callbackReportWait,
            pusher: SQUADPusher(store: parts.store, configuration: parts.configuration),
            mailer: ReportMailer(store: parts.store, configuration: parts.configuration),
            submitter: KCIDBSubmitter(store: parts.store, configuration: parts.configuration)
        )
        let runner = DeliveryRunner(
            store: parts.store,
            maker: maker,
            schedule: RetrySchedule(pauses: notifier.retrySchedule, jitter: notifier.jitter),
            limits: DeliveryRunner.Limits(
                concurrency: notifier.concurrency,
                pollInterval: notifier.pollInterval,
                tryLimit: notifier.callbackTimeout,
                margin: notifier.leaseMargin
            ),
            receiverFailing: notifier.receiverFailing,
            logger: parts.logger
        )
        self.runner = runner
        self.webhookUpkeep = WebhookUpkeep(
            store: parts.store,
            webhooks: parts.configuration.webhooks,
            interval: notifier.pollInterval,
            logger: parts.logger
        )
        let digests = DigestUpkeep(parts)
        self.digests = digests.wanted.isEmpty ? nil : digests
        self.relay = parts.configuration.events.isEnabled ? EventRelay(parts) : nil
        self.upkeep = DeliveryUpkeep(
            store: parts.store,
            interval: notifier.upkeepInterval,
            logKept: notifier.logKept,
            failingFor: notifier.receiverFailing,
            logger: parts.logger
        )
        self.worker = parts.worker(
            NotificationMessage.self,
            queue: parts.topology.notifications,
            concurrency: notifier.prefetch
        ) { _, _ in
            runner.wake()
            return .done
        }
    }

    /// In the order of dependency.
    var services: [any Service] {
        [runner, worker, upkeep, webhookUpkeep] + (digests.map { [$0] } ?? []) + (relay?.services ?? [])
    }
}
