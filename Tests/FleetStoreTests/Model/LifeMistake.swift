// SPDX-License-Identifier: Apache-2.0

/// Rules that are wrong on purpose: a comparison that does not find each of them would find nothing.
enum LifeMistake: String, Sendable, CaseIterable {
    /// A job that ends a second time is counted down once more.
    case decrementOnRepeat
    /// A jobset finishes at zero though it is open.
    case finishesOpen
    /// An addition that comes a second time is taken a second time.
    case addsTwice
    /// A canceled job counts as a failure.
    case canceledFails
    /// Attempts of earlier generations use up the retries of this one.
    case retriesForLife
    /// An attempt that ended brings its job into the lab all the same.
    case lateSubmission
    /// The failures of a generation count on in the next.
    case keepsFailures
    /// What a lab has of an attempt beside its lab jobs counts as the attempt's.
    case adoptsAll
    /// A generation calls nobody who was called for one before.
    case callsOnce
}
