// SPDX-License-Identifier: Apache-2.0

import FleetQueues
import Foundation

/// Brings documents to ingest as any client does: published with confirms, and answered.
struct DocumentSubmitter: Sendable {
    let publisher: FleetPublisher
    let answers: ReplyConsumer
    /// How long ingest may take to answer.
    let timeout: Duration

    /// Publishes a jobset.
    ///
    /// - Returns: ingest's answer; `nil` when it has not answered: the document is in its queue.
    /// - Throws: `AMQPError` when the broker does not take it.
    func post(jobset body: [UInt8], id: UUID) async throws -> JobsetAnswer? {
        try await answers.answer(within: timeout) { correlation in
            try await publisher.publish(jobset: body, id: id, replyTo: answers.name, correlationID: correlation)
        }
    }

    /// Publishes an addition to a jobset.
    ///
    /// - Returns: ingest's answer; `nil` when it has not answered: the addition is in its queue.
    /// - Throws: `AMQPError` when the broker does not take it.
    func post(addition body: [UInt8], id: UUID) async throws -> JobsetAnswer? {
        try await answers.answer(within: timeout) { correlation in
            try await publisher.publish(addition: body, id: id, replyTo: answers.name, correlationID: correlation)
        }
    }
}
