// SPDX-License-Identifier: Apache-2.0

import FleetQueues
import Foundation

/// A way to ingest, on which documents go one after the other and their answers come back.
protocol DocumentPost {
    /// Sends a document and waits for its answer.
    ///
    /// - Throws: ``FleetAbsence`` when it is not certain that it was taken; to send it again does no harm.
    func send(_ document: OutgoingDocument, timeout: Seconds) async throws -> PostOutcome
}

/// What goes to ingest.
enum OutgoingDocument: Sendable {
    /// A jobset; without an id, its content makes one.
    case jobset([UInt8], id: UUID?)
    /// Jobs, with commas between them, for an open jobset.
    case jobs([UInt8], of: UUID, id: UUID)
    /// How many jobs an open jobset is to have.
    case total(Int, of: UUID, id: UUID)
}

/// What became of it.
enum PostOutcome: Sendable, Equatable {
    /// Ingest has answered.
    case answered(JobsetAnswer)
    /// It has not, in time: the document is safe in its queue.
    case unanswered(IngestSilence)
}

/// Ingest has not answered, in words.
struct IngestSilence: Sendable, Equatable {
    /// Within which time.
    let limit: String
    /// Why that may be.
    let cause: String
    /// The id that the jobset will have, where that is known.
    var jobset: UUID?
}
