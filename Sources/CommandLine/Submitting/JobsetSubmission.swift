// SPDX-License-Identifier: Apache-2.0

import AMQP
import FleetQueues
import Foundation

/// One document on its way to ingest and the answer on its way back.
struct JobsetSubmission: Sendable {
    /// What became of it.
    enum Outcome: Sendable, Equatable {
        /// Ingest has answered.
        case answered(JobsetAnswer)
        /// It has not, in time; so many take from its queue.
        case unanswered(consumers: Int)
    }

    /// Where to.
    let access: FleetAccess
    /// The document.
    let body: [UInt8]
    /// The jobset's id; nil leaves it to ingest, which makes one of the content.
    let id: UUID?
    /// How long to wait for the answer.
    let timeout: Duration

    /// Publishes the document, confirmed, and waits for the answer.
    ///
    /// - Throws: `AMQPError` when the broker can't be reached or does not take the document.
    func run() async throws -> Outcome {
        try await access.withSession { session in
            let answers = AnswerQueue(topology: access.topology, session: session)
            try await answers.declare()
            try await access.withPublisher { publisher in
                try await publisher.publish(
                    jobset: body,
                    id: id,
                    replyTo: answers.name,
                    correlationID: answers.correlationID
                )
            }
            let outcome: Outcome
            if let answer = try await answers.first(within: timeout) {
                outcome = .answered(answer)
            } else {
                let counts = try await session.messageCount(access.topology.jobsets)
                outcome = .unanswered(consumers: counts?.consumers ?? 0)
            }
            // The broker removes it after a while anyway.
            try? await answers.remove()
            return outcome
        }
    }
}
