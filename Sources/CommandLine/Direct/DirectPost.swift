// SPDX-License-Identifier: Apache-2.0

import AMQP
import FleetQueues
import Foundation
import JobFiles

/// Connections to the broker, over which documents go to ingest.
struct DirectPost: DocumentPost {
    let topology: FleetTopology
    let session: AMQPSession
    let publisher: FleetPublisher

    /// Publishes a document, confirmed, and waits for its answer.
    func send(_ document: OutgoingDocument, timeout: Seconds) async throws -> PostOutcome {
        // A queue for each: an answer that comes twice is never taken for that to the next document.
        let answers = AnswerQueue(topology: topology, session: session)
        try await answers.declare()
        try await publish(document, answers)
        let outcome: PostOutcome
        if let answer = try await answers.first(within: timeout.duration) {
            outcome = .answered(answer)
        } else {
            let consumers = try await session.messageCount(topology.jobsets)?.consumers ?? 0
            outcome = .unanswered(IngestSilence(queue: topology.jobsets, consumers: consumers, after: timeout))
        }
        // The broker removes it after a while anyway.
        try? await answers.remove()
        return outcome
    }

    private func publish(_ document: OutgoingDocument, _ answers: AnswerQueue) async throws {
        switch document {
        case .jobset(let body, let id):
            try await publisher.publish(
                jobset: body,
                id: id,
                replyTo: answers.name,
                correlationID: answers.correlationID
            )
        case .jobs(let jobs, let jobset, let id):
            try await publish(addition: MessageText.addition(to: jobset, jobs: jobs), id: id, answers)
        case .total(let total, let jobset, let id):
            try await publish(addition: MessageText.declaration(of: total, for: jobset), id: id, answers)
        }
    }

    private func publish(addition body: [UInt8], id: UUID, _ answers: AnswerQueue) async throws {
        try await publisher.publish(
            addition: body,
            id: id,
            replyTo: answers.name,
            correlationID: answers.correlationID
        )
    }
}

extension IngestSilence {
    /// Nothing has come, although so many take from ingest's queue.
    init(queue: String, consumers: Int, after timeout: Seconds) {
        self.init(
            limit: "within \(timeout) s",
            cause: consumers == 0
                ? "no worker receives from the queue \(queue): start muster-ingest"
                : "\(consumers) receive from the queue \(queue): see the log of muster-ingest and its database"
        )
    }
}
