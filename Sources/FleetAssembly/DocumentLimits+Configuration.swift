// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import FleetRuntime

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
