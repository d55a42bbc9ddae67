// SPDX-License-Identifier: Apache-2.0

import AMQP
import FleetQueues
import Foundation

/// Connections over which documents go to ingest, one after the other, and their answers come back.
struct DocumentPost {
    /// What is sent.
    enum Document: Sendable {
        /// A jobset; without an id, ingest makes one of its content.
        case jobset([UInt8], id: UUID?)
        /// Jobs for an open jobset.
        case addition([UInt8], id: UUID)
    }

    /// What became of it.
    enum Outcome: Sendable, Equatable {
        /// Ingest has answered.
        case answered(JobsetAnswer)
        /// It has not, in time; so many take from its queue.
        case unanswered(consumers: Int)
    }

    let topology: FleetTopology
    let session: AMQPSession
    let publisher: FleetPublisher

    /// Publishes a document, confirmed, and waits for its answer.
    ///
    /// - Throws: `AMQPError` when the broker can't be reached or does not take the document.
    func send(_ document: Document, timeout: Duration) async throws -> Outcome {
        // A queue for each: an answer that comes twice is never taken for that to the next document.
        let answers = AnswerQueue(topology: topology, session: session)
        try await answers.declare()
        switch document {
        case .jobset(let body, let id):
            try await publisher.publish(
                jobset: body,
                id: id,
                replyTo: answers.name,
                correlationID: answers.correlationID
            )
        case .addition(let body, let id):
            try await publisher.publish(
                addition: body,
                id: id,
                replyTo: answers.name,
                correlationID: answers.correlationID
            )
        }
        let outcome: Outcome
        if let answer = try await answers.first(within: timeout) {
            outcome = .answered(answer)
        } else {
            outcome = .unanswered(consumers: try await session.messageCount(topology.jobsets)?.consumers ?? 0)
        }
        // The broker removes it after a while anyway.
        try? await answers.remove()
        return outcome
    }
}

extension FleetAccess {
    /// Lends connections to ingest.
    ///
    /// - Throws: `AMQPError` when there are none to be had.
    func withPost<Result: Sendable>(_ body: (DocumentPost) async throws -> Result) async throws -> Result {
        try await withSession { session in
            try await withPublisher { publisher in
                try await body(DocumentPost(topology: topology, session: session, publisher: publisher))
            }
        }
    }
}
