// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Labs

/// Confirms that a lab job has finished, where only an event has said so.
///
/// LAVA may send an event before it has saved what it tells. The last thing that a job writes is its own case
/// `lava/job`: results that hold it, and agree with the health that was told, are those of a finished job, and cost no
/// request more. Otherwise the job itself is asked for, a few times in short order.
struct FinishConfirmation: Sendable {
    let store: FleetStore
    let lab: any Lab
    let labJob: LabJobToFetch
    let rule: InfrastructureRule

    /// The pauses before each look at the job; LAVA has saved the change within the first in nearly every case.
    static let pauses: [Duration] = [
        .zero, .milliseconds(100), .milliseconds(200), .milliseconds(500), .seconds(1),
    ]

    /// Fetches the results of a job that has finished for sure.
    ///
    /// - Returns: `nil` when there is nothing to store: the lab denies that it has finished, or somebody else was first.
    func results(of fetch: ResultFetch) async throws -> FetchedLabJob? {
        guard var found = try await fetch.run() else { return nil }
        if !labJob.isConfirmed, !Self.isConfirmed(labJob.health, by: found.verdict) {
            guard try await isFinished() else {
                try await store.unobserveFinish(ofLabJob: labJob.id)
                return nil
            }
            // What was fetched may be from before the end.
            fetch.share.give(found.bytes)
            guard let again = try await fetch.run() else { return nil }
            found = again
        }
        return FetchedLabJob(
            id: labJob.id,
            errorType: found.verdict?.errorType?.storable,
            errorMessage: found.verdict?.errorMessage?.storable,
            unfetchable: Self.complaint(about: found, of: labJob.number)?.storable,
            isInfrastructure: rule.isInfrastructure(
                errorType: found.verdict?.errorType,
                errorMessage: found.verdict?.errorMessage,
                project: labJob.project
            ),
            results: found.rows,
            firstPosition: found.stored,
            resultsLeftOut: found.leftOut
        )
    }

    /// What is wrong with results of which some could not be read. Those that could are kept; but as nobody knows what the
    /// others said, such a job is not complete.
    static func complaint(about found: ResultFetch.Found, of number: Int) -> String? {
        guard found.unreadable > 0 else { return nil }
        let which = found.unreadable == 1 ? "1 result" : "\(found.unreadable) results"
        return "\(which) of lab job \(number) could not be read: \(found.fault ?? "unknown")"
    }

    /// Whether what the lab's own word on a job says agrees with what an event has said.
    static func isConfirmed(_ health: String, by verdict: LabVerdict?) -> Bool {
        verdict?.confirms(LabHealth(rawValue: health)) ?? false
    }

    private func isFinished() async throws -> Bool {
        for pause in Self.pauses {
            if pause > .zero { try await Task.sleep(for: pause) }
            let job: SeenLabJob
            do {
                job = try await lab.job(LabJobID(labJob.number))
            } catch {
                guard error.kind == .notFound else { throw error }
                return false
            }
            guard job.state == .finished, let seen = LabJobObservation(job) else { continue }
            return try await store.confirmFinish(ofLabJob: labJob.id, seen)
        }
        return false
    }
}
