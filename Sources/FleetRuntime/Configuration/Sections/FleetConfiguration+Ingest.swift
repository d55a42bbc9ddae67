// SPDX-License-Identifier: Apache-2.0

package import Fleet

extension FleetConfiguration {
    /// How jobset documents are taken in: section `ingest`.
    package struct Ingest: ConfigurationSection {
        @Key(
            "maximum_document_bytes",
            .bytes(1_024...(512 * mebibyte)),
            default: 64 * mebibyte,
            "the largest jobset document accepted"
        )
        package var maximumDocumentBytes: Int

        @Key(
            "maximum_definition_bytes",
            .bytes(1_024...(512 * mebibyte)),
            default: 10 * mebibyte,
            "the largest job definition accepted"
        )
        package var maximumDefinitionBytes: Int

        @Key("maximum_jobs", .integer(1...1_000_000), default: 100_000, "the most jobs in one jobset")
        package var maximumJobs: Int

        @Key("prefetch", .integer(1...100), default: 2, "how many documents one ingest holds at once")
        package var prefetch: Int

        @Key(
            "watch_projects",
            .projects,
            default: [],
            "projects whose documents, published to the broker, may name jobs that a lab has already (lab_job)"
        )
        package var watchProjects: [ProjectScope]

        @Key(
            "baseline_projects",
            .projects,
            default: [],
            "projects that the documents of others, published to the broker, may be compared with (baseline)"
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
