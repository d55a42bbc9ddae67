// SPDX-License-Identifier: Apache-2.0

import AMQP
import Crypto
import Fleet
import FleetAssembly
import FleetQueues
import FleetRuntime
import FleetStore
import Foundation
import Logging
import Metrics

/// Splits a jobset into its jobs: reads the document, stores it whole, and sends one message a job.
///
/// The order is what makes a crash harmless: store, publish, answer, and only then ack. A redelivery finds the jobset
/// stored and sends the messages that are still wanted.
struct IngestWorker: Sendable {
    let store: FleetStore
    let publisher: FleetPublisher
    let limits: DocumentLimits
    let knownBackends: Set<String>
    let logger: Logger

    /// How much of a refused document is kept, in bytes.
    static let keptBytes = 1 << 20

    func handle(_ delivery: AMQPDelivery) async throws -> Disposition {
        let read: (id: UUID, document: JobsetDocument)
        do {
            read = try self.read(delivery)
        } catch let problem {
            return try await refuse(delivery, problem)
        }
        let acceptance = try await store.acceptJobset(id: read.id, document: read.document)
        faultPoint("ingest.stored")
        switch acceptance {
        case .conflict:
            return try await refuse(delivery, .conflict(id: read.id.uuidString.lowercased()))
        case .accepted(let isNew, let jobs, let finished):
            try await publisher.announce(jobs: jobs)
            if let finished { try await publisher.announce(finished: [finished]) }
            faultPoint("ingest.published")
            try await publisher.answer(.accepted(id: read.id, total: read.document.jobs.count), to: delivery)
            faultPoint("ingest.answered")
            Counter(label: "muster_jobsets_accepted_total").increment(by: isNew ? 1 : 0)
            logger.info(
                isNew ? "jobset accepted" : "jobset accepted again",
                metadata: [
                    "jobset": "\(read.id.uuidString.lowercased())", "build": "\(read.document.build)",
                    "jobs": "\(read.document.jobs.count)", "announced": "\(jobs.count)",
                ]
            )
            return .done
        }
    }

    /// The document and its id; both faults of the message and of the document are said at once.
    private func read(_ delivery: AMQPDelivery) throws(Problem) -> (id: UUID, document: JobsetDocument) {
        var faults: [Fault] = []
        var named: UUID?
        if let messageID = delivery.message.properties.messageID, !messageID.isEmpty {
            named = UUID(uuidString: messageID)
            if named == nil {
                faults.append(Fault(pointer: "message-id", value: messageID, reason: "must be a UUID, or be left out"))
            }
        }
        do {
            let document = try JobsetDocument.read(
                delivery.message.body,
                limits: limits,
                knownBackends: knownBackends
            )
            guard faults.isEmpty else { throw Problem.invalidDocument(faults) }
            return (named ?? Self.id(of: document), document)
        } catch let problem as Problem {
            throw problem
        } catch let found as DocumentFaults {
            throw .invalidDocument(faults + found.faults)
        } catch {
            throw .invalidDocument(faults + [Fault(pointer: "", reason: "can't be read: \(error)")])
        }
    }

    /// The id of a document that was published without one: the same document is the same jobset. A version 8 UUID
    /// (RFC 9562, section 5.8) over the document's digest.
    static func id(of document: JobsetDocument) -> UUID {
        var bytes = Array(document.digest.prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        return bytes.withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
    }

    private func refuse(_ delivery: AMQPDelivery, _ problem: Problem) async throws -> Disposition {
        let body = delivery.message.body
        let messageID = delivery.message.properties.messageID?.replacing("\0", with: "\u{FFFD}")
        var hash = SHA256()
        hash.update(data: Data((messageID ?? "").utf8))
        hash.update(data: [0])
        hash.update(data: body)
        try await store.recordRejection(
            messageID: messageID,
            digest: Array(hash.finalize()),
            problem: problem,
            body: body,
            keepBytes: Self.keptBytes
        )
        faultPoint("ingest.refused")
        try await publisher.answer(.refused(problem), to: delivery)
        Counter(label: "muster_jobsets_refused_total").increment()
        logger.warning("jobset refused", metadata: ["faults": "\(problem.errors.count)", "title": "\(problem.title)"])
        return .done
    }
}
