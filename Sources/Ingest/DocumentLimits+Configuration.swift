// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetRuntime

extension FleetConfiguration.Ingest {
    /// What a document may be at most.
    var limits: DocumentLimits {
        var limits = DocumentLimits()
        limits.maximumDocumentBytes = maximumDocumentBytes
        limits.maximumDefinitionBytes = maximumDefinitionBytes
        limits.maximumJobs = maximumJobs
        return limits
    }
}
