// SPDX-License-Identifier: Apache-2.0

public import Fleet
public import FleetRuntime

extension FleetConfiguration.Ingest {
    /// What a document may be at most.
    public var limits: DocumentLimits {
        var limits = DocumentLimits()
        limits.maximumDocumentBytes = maximumDocumentBytes
        limits.maximumDefinitionBytes = maximumDefinitionBytes
        limits.maximumJobs = maximumJobs
        return limits
    }
}
