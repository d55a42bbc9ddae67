// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// What is to be done with a job for which a message came.
package enum Claim: Sendable, Equatable {
    /// Submit it; when it is in doubt, look for it in the lab first.
    case claimed(ClaimedAttempt)
    /// Nothing: it has been submitted, has ended, or never was.
    case notWaiting
    /// Nothing now: it is parked, and a later message will come for it.
    case parked(ParkingReason)
}

/// Why a waiting job has been put aside.
package enum ParkingReason: String, Sendable {
    /// The lab has as many of our jobs as it may have.
    case saturated
    /// Nothing is submitted to the lab at present: it refuses our token, or a person has paused it.
    case stopped
    /// The lab fails, and its turn to be tried has not come.
    case broken
    /// Another submitter is at work on it.
    case held
}

/// What a claim needs to know of the submitter and its lab.
package struct ClaimTerms: Sendable {
    /// Who claims: a new one for each message, so that the same message delivered twice to one process is held apart.
    package let claimant: UUID
    /// For how long; longer than a request to the lab can take.
    package let lease: Duration
    /// How many jobs of ours the lab may have at once.
    package let maximumInFlight: Int

    package init(claimant: UUID, lease: Duration, maximumInFlight: Int) {
        self.claimant = claimant
        self.lease = lease
        self.maximumInFlight = maximumInFlight
    }
}
