// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetQueues
import FleetStore
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

extension GatewayParts {
    /// Lets a document on whose sender may have it name what it does.
    ///
    /// A baseline that its sender may not read is no reason to refuse it: it is compared with nothing, as with one that
    /// is not there.
    ///
    /// - Throws: ``Refusal`` 403.
    func require(_ names: DocumentNames, in build: Build, _ caller: Caller) throws(Refusal) {
        guard names.hasWatchedJobs else { return }
        try caller.requireNamed(.watch, group: build.group, project: build.project)
    }

    /// Has ingest take what the sender of a document may have it name; to be called before the document is published.
    func permit(
        _ names: DocumentNames,
        in build: Build,
        id: UUID,
        digest: [UInt8],
        _ caller: Caller
    ) async throws {
        try await store.permit(names, in: build, id: id, digest: digest, by: caller.permissions)
    }
}
