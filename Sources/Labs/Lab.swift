// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// One lab, as the workers see it: all that they ask of it, whatever kind of lab it is.
///
/// An implementation never sends a request that changes something twice. What failed is told by ``LabError``, which
/// says whether the lab may have done what was asked all the same, and the caller decides. Every call ends within the
/// limits that the lab was configured with.
package protocol Lab: Sendable {
    /// Gives the lab a job to run.
    ///
    /// After an error that ``LabError/isInDoubt`` the lab may have the job: look for it with
    /// ``find(_:definition:isOwned:)`` before submitting again.
    ///
    /// - Returns: What the lab has made of it, the attempt's own first; never empty.
    func submit(_ request: LabRequest) async throws(LabError) -> [LabSubmission]

    /// Looks for what the lab has made of an attempt.
    ///
    /// - Throws: Also if nothing is known afterwards, because the lab shows more than can be looked at.
    func find(_ search: LabSearch) async throws(LabError) -> LabFindings

    /// Looks for what the lab has made of an attempt, also where the lab may have lost the attempt's tag.
    ///
    /// - Parameters:
    ///   - definition: What was submitted.
    ///   - isOwned: Says which of some ids belong to other attempts. It is asked at most once.
    /// - Throws: ``LabError``, and whatever `isOwned` throws.
    func find(
        _ search: LabSearch,
        definition: String,
        isOwned: (Set<LabJobID>) async throws -> Set<LabJobID>
    ) async throws -> LabFindings

    /// The members of a group that the lab shows.
    ///
    /// - Parameter member: The name of a member within its group: ``LabJobReference/subID``.
    /// - Returns: By id; empty if it is no group's name.
    func members(ofGroupOf member: String) async throws(LabError) -> [LabJobReference]

    /// What finished after a moment, oldest first.
    ///
    /// - Parameters:
    ///   - endedAfter: By the lab's clock, exclusive.
    ///   - submitter: Only this user's jobs; nil for everybody's.
    ///   - limit: The most rows of this page.
    ///   - offset: The rows to leave out, by ``LabPage/rowCount``.
    func finishedJobs(
        endedAfter: Date,
        submitter: String?,
        limit: Int,
        offset: Int
    ) async throws(LabError) -> LabPage

    /// What a user submitted after a moment, in the order in which the lab took it.
    ///
    /// - Parameters:
    ///   - after: By the lab's clock, exclusive.
    ///   - limit: The most rows of this page.
    ///   - offset: The rows to leave out, by ``LabPage/rowCount``.
    func submittedJobs(after: Date, by submitter: String, limit: Int, offset: Int) async throws(LabError) -> LabPage

    /// Many lab jobs. Those that the lab does not know are missing from the result.
    func jobs(ids: [LabJobID]) async throws(LabError) -> LabLookup

    /// One lab job, for a fetch of its results.
    ///
    /// - Throws: ``LabError/Kind/notFound`` if the lab does not know it.
    func job(_ id: LabJobID) async throws(LabError) -> SeenLabJob

    /// The results of a finished lab job, a page at a time.
    ///
    /// - Parameters:
    ///   - pageSize: The most results of a page.
    ///   - maximum: The most results in all; a job with more is an error, rather than cut in silence.
    func results(of id: LabJobID, pageSize: Int, maximum: Int) -> any LabResultPages

    /// Why a lab job ended as it did, in the lab's own words, without its other results; nil if the lab has none.
    func verdict(of id: LabJobID) async throws(LabError) -> LabVerdict?

    /// Has the fetches that only wait for their turn throw ``LabError/Kind/busy``; what is on its way goes on.
    func endWaitsForResults()

    /// Asks the lab to cancel jobs. It may be repeated: a finished job is left as it is.
    ///
    /// A lab can lose what it has accepted: LAVA's scheduler saves a job as it read it before the cancellation
    /// (`lava_scheduler_app/scheduler.py`). So it is asked again until the job has finished.
    ///
    /// - Returns: Those that the lab does not know.
    func cancel(_ ids: [LabJobID]) async throws(LabError) -> Set<LabJobID>

    /// Whom the lab takes us for.
    func identity() async throws(LabError) -> LabIdentity

    /// What the lab runs, such as `LAVA 2023.01`.
    func version() async throws(LabError) -> String

    /// Whether the lab can tell what happens as it happens; if not, it is only polled.
    var hasEvents: Bool { get }

    /// Opens the lab's event stream, lends its events to a closure, and closes it when that returns or throws.
    ///
    /// - Throws: ``LabError`` if the stream can't be opened: ``LabError/Kind/notFound`` if the lab has none,
    ///   ``LabError/Kind/unauthorized`` if it does not let us; or else what the closure throws.
    func withEvents(_ body: (LabEvents) async throws -> Void) async throws

    /// Gives up its connections. Nothing is asked of it afterwards.
    func shutdown() async throws
}

extension Lab {
    /// Whether the lab takes us for who we are: one that does not may refuse anything. A lab that refuses to say is
    /// taken not to.
    package func knowsUs() async throws(LabError) -> Bool {
        do throws(LabError) {
            return try await identity() != .stranger
        } catch {
            guard error.isRefusalToShow else { throw error }
            return false
        }
    }
}

/// Whom a lab takes us for.
package enum LabIdentity: Sendable, Equatable {
    /// The user whose token we have.
    case user(String)
    /// Nobody, and we claim to be nobody.
    case anonymous
    /// Nobody, although we have a token.
    case stranger
    /// Nobody needs to be anybody there.
    case notNeeded
}

/// Returns when the lab is back from an outage that a request which began at a given moment has seen, and in which it
/// may hang on until its limit; does not return, until its task is cancelled, while there is none.
package typealias LabRecovery = @Sendable (_ began: ContinuousClock.Instant) async throws -> Void

/// A job for a lab.
package struct LabRequest: Sendable {
    /// What to run, in the lab's own language.
    package let definition: String
    /// The attempt. A lab that can keeps it with the job.
    package let tag: UUID

    package init(definition: String, tag: UUID) {
        self.definition = definition
        self.tag = tag
    }
}
