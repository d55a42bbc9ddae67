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
        limits.canMail = mail.url != nil
        limits.mailDomains = mail.url == nil ? nil : mail.allowedDomains
        limits.callbackSecrets = Set(callback.secrets.keys)
        limits.callbackAddresses = AddressPolicy(allowedNetworks: callback.allowedNetworks)
        return limits
    }
}
