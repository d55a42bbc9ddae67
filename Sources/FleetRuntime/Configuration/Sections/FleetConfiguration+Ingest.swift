// SPDX-License-Identifier: Apache-2.0

package import Fleet

extension FleetConfiguration {
    /// How jobset documents are taken in: section `ingest`.
    package struct Ingest: ConfigurationSection {
        @Key(
            "maximum_document_bytes",
            .bytes(1_024...(512 * mebibyte)),
            default: 64 * mebibyte,
            "maximum size of a jobset document"
        )
        package var maximumDocumentBytes: Int

        @Key(
            "maximum_definition_bytes",
            .bytes(1_024...(512 * mebibyte)),
            default: 10 * mebibyte,
            "maximum size of a job definition"
        )
        package var maximumDefinitionBytes: Int

        @Key("maximum_jobs", .integer(1...1_000_000), default: 100_000, "maximum number of jobs in one document")
        package var maximumJobs: Int

        @Key(
            "maximum_retries",
            .integer(0...100),
            default: 10,
            "maximum of retries in a document, of a jobset and of a job"
        )
        package var maximumRetries: Int

        @Key("prefetch", .integer(1...100), default: 2, "how many documents one ingest holds at once")
        package var prefetch: Int

        @Key(
            "watch_projects",
            .projects,
            default: [],
            "projects whose documents, if published to the broker, can name jobs that a lab has already (lab_job)"
        )
        package var watchProjects: [ProjectScope]

        @Key(
            "baseline_projects",
            .projects,
            default: [],
            "projects that documents of other projects, if published to the broker, can name as their baseline"
        )
        package var baselineProjects: [ProjectScope]

        package var conflicts: [ConfigurationFault] {
            $maximumDefinitionBytes.fault(
                "must not be more than \($maximumDocumentBytes)",
                if: maximumDefinitionBytes > maximumDocumentBytes
            )
        }
    }
}
