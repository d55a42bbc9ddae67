// SPDX-License-Identifier: Apache-2.0

package import FleetQueues
import FleetRuntime
package import FleetStore

/// Fills the queues of labs: takes jobs in their turn and sends a message for each.
///
/// The rows are the backlog and the queues are kept short. So a jobset of 50,000 jobs does not stand in the way of one
/// of five, and a job that has no message is one whose turn has not come, or whose message is lost: never both.
package struct JobAnnouncer: Sendable {
    private let store: FleetStore
    private let publisher: FleetPublisher
    private let terms: [String: QueueTerms]

    /// The most messages that one call sends.
    package static let batch = 500

    /// An announcer for these labs.
    package init(store: FleetStore, publisher: FleetPublisher, terms: [String: QueueTerms]) {
        self.store = store
        self.publisher = publisher
        self.terms = terms
    }

    /// Sends messages for the jobs of a lab that are due and whose turn it is.
    ///
    /// - Returns: how many.
    /// - Throws: when the database or the broker is away; what was taken is due again then.
    package func announceDue(backend: String) async throws -> Int {
        guard let terms = terms[backend] else { return 0 }
        let jobs = try await store.takeDueJobs(backend: backend, terms: terms, limit: Self.batch)
        guard !jobs.isEmpty else { return 0 }
        faultPoint("submitter.taken")
        do {
            try await publisher.announce(jobs: jobs)
        } catch {
            try await store.putBack(jobs)
            throw error
        }
        return jobs.count
    }
}
