// SPDX-License-Identifier: Apache-2.0

extension ConfigurationKey {
    /// The keys of section `ingest`.
    static let ingest: [ConfigurationKey] = [
        .init(
            "ingest.maximum_document_bytes",
            .bytes(1_024...(512 * mebibyte)),
            default: "67108864",
            "the largest jobset document accepted"
        ),
        .init(
            "ingest.maximum_definition_bytes",
            .bytes(1_024...(512 * mebibyte)),
            default: "10485760",
            "the largest job definition accepted"
        ),
        .init("ingest.maximum_jobs", .integer(1...1_000_000), default: "100000", "the most jobs in one jobset"),
        .init("ingest.prefetch", .integer(1...100), default: "2", "how many documents one ingest holds at once"),
        .init(
            "ingest.watch_projects",
            .projects,
            default: "",
            "projects whose documents, published to the broker, may name jobs that a lab has already (lab_job)"
        ),
        .init(
            "ingest.baseline_projects",
            .projects,
            default: "",
            "projects that the documents of others, published to the broker, may be compared with (baseline)"
        ),
    ]
}
