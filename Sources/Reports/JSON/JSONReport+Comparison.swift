// SPDX-License-Identifier: Apache-2.0

package import Fleet

extension JSONReport {
    /// The comparison of a jobset with another, with the members that `comparison` and `metrics` of a report have.
    ///
    /// - Throws: `EncodingError`, for which no reason is known.
    package static func comparison(
        of jobset: BaselineJobset,
        _ comparison: ReportedComparison,
        _ metrics: ReportedMetrics,
        limits: ReportLimits = .json
    ) throws -> String {
        try text(of: ComparisonDocument(jobset: jobset, comparison: comparison, metrics: metrics), limits)
    }

    /// Two jobsets and how they differ.
    private struct ComparisonDocument: ReportEntry {
        let jobset: BaselineJobset
        let comparison: ReportedComparison
        let metrics: ReportedMetrics

        func write(to document: inout ReportMembers) throws {
            try document.add(entry: ComparedJobset(jobset: jobset), "jobset")
            try document.add(entry: ComparedJobset(jobset: comparison.jobset), "baseline")
            try document.add(entry: comparison, "comparison")
            try document.add(metrics)
        }
    }

    /// One of the two. Nobody asks here whether a publisher named it.
    private struct ComparedJobset: ReportEntry {
        let jobset: BaselineJobset

        func write(to entry: inout ReportMembers) throws {
            try entry.add("id", jobset.id)
            try entry.add(name: jobset.build, "build")
            try entry.add("verdict", jobset.verdict)
            try entry.add("finished_at", jobset.finishedAt)
        }
    }
}
