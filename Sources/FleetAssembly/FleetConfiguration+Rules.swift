// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import FleetRuntime
package import FleetStore

extension FleetConfiguration {
    /// What a document may be at most, and what it may name.
    package var documentLimits: DocumentLimits {
        var limits = DocumentLimits()
        limits.maximumDocumentBytes = ingest.maximumDocumentBytes
        limits.maximumDefinitionBytes = ingest.maximumDefinitionBytes
        limits.maximumJobs = ingest.maximumJobs
        limits.maximumRetries = ingest.maximumRetries
        limits.labTimeouts = backends.compactMapValues(\.timeout)
        limits.canMail = mail.url != nil
        limits.mailDomains = mail.url == nil ? nil : mail.allowedDomains
        limits.callbackSecrets = Set(callback.secrets.keys)
        limits.callbackAddresses = AddressPolicy(allowedNetworks: callback.allowedNetworks)
        return limits
    }
}

extension FleetConfiguration.Backend {
    /// The limits of its jobs, in whole seconds; `nil` without any.
    fileprivate var timeout: JobTimeout? {
        guard queuedLimit != nil || runningLimit != nil else { return nil }
        return JobTimeout(
            queued: queuedLimit.map { Int($0.components.seconds) },
            running: runningLimit.map { Int($0.components.seconds) }
        )
    }
}

extension FleetConfiguration {
    /// What documents may name that come from the broker.
    package var namingRules: NamingRules {
        NamingRules(
            publishers: Permissions([
                .init([.watch], in: ingest.watchProjects),
                .init([.read], in: ingest.baselineProjects),
            ]),
            cancelableBackends: Set(backends.values.filter(\.cancelsWatched).map(\.name)),
            secretProjects: callback.secretProjects
        )
    }
}

extension FleetConfiguration {
    /// What each project demands of its jobs. A job without a result does not pass where nothing is configured.
    package var projectDemands: ProjectDemands {
        ProjectDemands(
            usual: .init(emptyJobs: .incomplete),
            projects: projects.mapValues { .init(emptyJobs: $0.emptyJobs, expect: $0.expect) }
        )
    }
}

extension FleetConfiguration {
    /// What webhooks can name that somebody adds to a project.
    package var webhookRules: WebhookWish.Rules {
        WebhookWish.Rules(
            secrets: callback.secretProjects,
            addresses: AddressPolicy(allowedNetworks: callback.allowedNetworks)
        )
    }
}

extension FleetConfiguration {
    /// How long a request to `backend` whose answer was lost may still be carried out. A lab, or what stands before it,
    /// may go on for as long as the lab may take to answer.
    package func doubtTerms(of backend: Backend) -> DoubtTerms {
        DoubtTerms(
            settle: max(submitter.doubtSettle, backend.requestTimeout),
            secondLook: watcher.secondLook,
            cancelsExpired: watcher.deadlineCancels,
            giveUpAfter: watcher.labGoneAfter
        )
    }
}
