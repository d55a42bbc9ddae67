// SPDX-License-Identifier: Apache-2.0

extension FleetConfiguration {
    /// How jobset documents are taken in: section `ingest`.
    public struct Ingest: Sendable {
        /// The largest document accepted (`ingest.maximum_document_bytes`).
        public var maximumDocumentBytes: Int
        /// The largest definition accepted (`ingest.maximum_definition_bytes`).
        public var maximumDefinitionBytes: Int
        /// The most jobs in one document (`ingest.maximum_jobs`).
        public var maximumJobs: Int
        /// How many documents one ingest holds at once (`ingest.prefetch`).
        public var prefetch: Int
        /// Projects whose published documents may watch jobs that labs have already (`ingest.watch_projects`).
        public var watchProjects: [String]
        /// Projects that published documents of others may be compared with (`ingest.baseline_projects`).
        public var baselineProjects: [String]

        init(_ values: ConfigurationValues) {
            maximumDocumentBytes = values.integer("ingest.maximum_document_bytes")
            maximumDefinitionBytes = values.integer("ingest.maximum_definition_bytes")
            maximumJobs = values.integer("ingest.maximum_jobs")
            prefetch = values.integer("ingest.prefetch")
            watchProjects = values.texts("ingest.watch_projects")
            baselineProjects = values.texts("ingest.baseline_projects")
        }
    }
}
