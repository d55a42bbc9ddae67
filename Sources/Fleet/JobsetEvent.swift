// SPDX-License-Identifier: Apache-2.0

/// What happens to a jobset that a receiver can be called for, each at most once in each of its generations.
package enum JobsetEvent: String, Sendable, Codable, CaseIterable {
    /// Its counter has reached zero.
    case finished
    /// The first of its jobs has failed: it will not pass any more.
    case firstFailure = "first_failure"
    /// Its deadline has passed before its end.
    case deadline
    /// It is canceled, by a person or because too many of its jobs failed.
    case canceled
}
