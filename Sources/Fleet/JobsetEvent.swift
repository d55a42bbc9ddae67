// SPDX-License-Identifier: Apache-2.0

/// What happens to a jobset that a receiver can be called for, each but ``progress`` at most once in each of its
/// generations.
package enum JobsetEvent: String, Sendable, Codable, CaseIterable {
    /// Its counter has reached zero.
    case finished
    /// The first of its jobs has failed: it will not pass any more.
    case firstFailure = "first_failure"
    /// Its deadline has passed before its end.
    case deadline
    /// It is canceled, by a person or because too many of its jobs failed.
    case canceled
    /// It is stored, or a new generation of it has begun.
    case accepted
    /// More of its jobs have ended.
    case progress

    /// What a document's own callback can choose.
    package static let ofDocuments: [JobsetEvent] = [.finished, .firstFailure, .deadline, .canceled]
    /// What a project's webhook can choose.
    package static let ofWebhooks: [JobsetEvent] = [.accepted, .progress, .deadline, .canceled, .finished]
}
