// SPDX-License-Identifier: Apache-2.0

/// Two jobsets of a project that have finished.
package struct ComparedPair: Sendable {
    package let jobset: BaselineJobset
    package let baseline: BaselineJobset

    /// How long somebody who asked for their comparison may wait for it.
    package static let longest = Duration.seconds(60)

    /// - Throws: ``FleetRefusal`` for what has not finished, or has no results any more.
    package init(_ jobset: Jobset, with baseline: Jobset) throws(FleetRefusal) {
        self.jobset = try Self.finished(jobset)
        self.baseline = try Self.finished(baseline)
    }

    private static func finished(_ jobset: Jobset) throws(FleetRefusal) -> BaselineJobset {
        guard let verdict = jobset.verdict, let finishedAt = jobset.finishedAt else {
            throw .stillRunning(jobset: jobset.id.text, pending: jobset.pending)
        }
        try jobset.requireResults()
        return BaselineJobset(
            id: jobset.id,
            build: jobset.build,
            verdict: verdict,
            finishedAt: finishedAt,
            isNamed: true
        )
    }
}
