// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import FleetStore

/// What is done to a lab.
extension FleetOperations {
    /// Has nothing more submitted to a lab until it is resumed.
    ///
    /// - Throws: `FleetRefusal`.
    package func pause(_ backend: String, reason: String?, by actor: Actor) async throws {
        try await note("pause", detail: ["backend": backend, "reason": reason], by: actor)
        // A lab that no worker has seen yet has no row.
        try await store.registerBackends(backends)
        try await store.pauseBackend(backend, reason: actor.signed(reason))
    }

    /// Lets jobs go to a lab again, whatever kept them from it.
    ///
    /// - Throws: `FleetRefusal`.
    package func resume(_ backend: String, by actor: Actor) async throws {
        try await note("resume", detail: ["backend": backend], by: actor)
        try await store.registerBackends(backends)
        try await store.unpauseBackend(backend)
    }

    /// Takes the result of a job that somebody else has run.
    ///
    /// - Parameters:
    ///   - place: Where the job stands, for the audit.
    ///   - externalBackends: The labs whose jobs somebody else runs.
    /// - Throws: `FleetRefusal`.
    package func reportResult(
        _ result: ReportedResult,
        ofJob id: Int,
        at place: JobPlace? = nil,
        externalBackends: Set<String>,
        by actor: Actor
    ) async throws -> ResultReceipt {
        try await note(
            "report",
            group: place?.group,
            project: place?.project,
            jobset: place?.jobset,
            detail: [
                "job": place.map { "\($0.position)" }, "outcome": result.outcome.rawValue,
                "tests": "\(result.tests.count)",
            ],
            by: actor
        )
        return try await store.reportResult(
            ofJob: id,
            result,
            externalBackends: externalBackends,
            by: actor.name
        )
    }
}
