// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetRuntime

extension DocumentLimits {
    /// What ingest takes, by the configuration that it reads too.
    init(_ ingest: FleetConfiguration.Ingest) {
        self.init()
        maximumDocumentBytes = ingest.maximumDocumentBytes
        maximumDefinitionBytes = ingest.maximumDefinitionBytes
        maximumJobs = ingest.maximumJobs
    }
}
