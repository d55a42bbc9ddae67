// SPDX-License-Identifier: Apache-2.0

import AMQP
import Crypto
import Fleet
import FleetOperations
import FleetQueues
import FleetRuntime
import FleetStore
import Foundation
import Logging
import Postgres
import Tracing

/// Splits a jobset into its jobs: reads the document, stores it whole, and sends a message for each job whose turn it
/// is; the submitters send the others in theirs.
///
/// The order is what makes a crash harmless: store, publish, answer, and only then ack. A redelivery finds the jobset
/// stored, and its jobs due.
struct IngestWorker: Sendable {
    let store: FleetStore
    let publisher: FleetPublisher
    let announcer: JobAnnouncer
    let limits: DocumentLimits
    let knownBackends: Set<String>
    let rules: NamingRules
    let demands: ProjectDemands
    let logger: Logger

    /// How much of a refused document is kept, in bytes.
    static let keptBytes = 1 << 20

    func handle(_ delivery: AMQPDelivery) async throws -> Disposition {
        try await withStep("receive document", below: delivery.traceParent, kind: .consumer) { span in
            try await handle(delivery, span)
        }
    }

    private func handle(_ delivery: AMQPDelivery, _ span: any Span) async throws -> Disposition {
        let read: (id: UUID, document: IncomingDocument)
        do {
            read = try self.read(delivery)
        } catch let problem {
            return try await refuse(delivery, problem)
        }
        faultPoint("ingest.received")
        switch read.document {
        case .jobset(let document):
            span.note(.jobset, read.id.text)
            span.note(.build, "\(document.build)")
            return try await take(document, id: read.id, delivery)
        case .addition(let addition):
            span.note(.jobset, addition.jobsetID.text)
            return try await take(addition, id: read.id, delivery)
        }
    }

    private func take(_ document: JobsetDocument, id: UUID, _ delivery: AMQPDelivery) async throws -> Disposition {
        let acceptance: Acceptance
        do {
            acceptance = try await store.acceptJobset(
                id: id,
                document: document,
                rules: rules,
                demands: demands,
                // A publisher without a trace begins none, but an exported span does.
                traceParent: delivery.traceParent ?? .current
            )
        } catch let error as PostgresError {
            guard let refusal = error.refusal else { throw error }
            return try await refuse(delivery, refusal)
        }
        faultPoint("ingest.stored")
        let (isNew, total, finished): (Bool, Int, FinishedJobset?)
        switch acceptance {
        case .conflict: return try await refuse(delivery, Problem(.conflict(id: id.text, jobset: nil)))
        case .mayNotWatch: return try await refuse(delivery, .mayNotWatch(document.jobs))
        case .mayNotSign: return try await refuse(delivery, .mayNotSign)
        case .accepted(let new, let all, let end): (isNew, total, finished) = (new, all, end)
        }
        try await announce(document.jobs, finished)
        try await publisher.answer(.accepted(id: id, total: total), to: delivery)
        faultPoint("ingest.answered")
        FleetMetric.jobsetsAccepted.increment(by: isNew ? 1 : 0)
        logger.info(
            isNew ? "jobset accepted" : "jobset accepted again",
            [
                .jobset: "\(id.text)", .build: "\(document.build)",
                .jobs: "\(document.jobs.count)",
            ]
        )
        return .done
    }

    private func take(_ addition: JobsetAddition, id: UUID, _ delivery: AMQPDelivery) async throws -> Disposition {
        let jobset = addition.jobsetID.text
        let outcome: Addition
        do {
            outcome = try await store.addJobs(id: id, addition: addition, rules: rules, demands: demands)
        } catch let error as PostgresError {
            guard let refusal = error.refusal else { throw error }
            return try await refuse(delivery, refusal)
        }
        faultPoint("ingest.stored")
        switch outcome {
        case .conflict:
            return try await refuse(delivery, Problem(.conflict(id: id.text, jobset: jobset)), of: addition)
        case .refused(.mayNotWatch): return try await refuse(delivery, .mayNotWatch(addition.jobs), of: addition)
        case .refused(.mayNotSign): return try await refuse(delivery, .mayNotSign, of: addition)
        case .refused(let reason):
            let refusal: FleetRefusal =
                reason == .notFound ? .noSuchJobset(id: jobset) : .notAdded(jobset: jobset, reason: "\(reason)")
            return try await refuse(delivery, Problem(refusal), of: addition)
        case .accepted(let isNew, let total, let isSealed, let finished):
            try await announce(addition.jobs, finished)
            try await publisher.answer(.accepted(id: addition.jobsetID, total: total), to: delivery)
            faultPoint("ingest.answered")
            FleetMetric.additionsAccepted.increment(by: isNew ? 1 : 0)
            logger.info(
                isNew ? "jobs added" : "jobs added again",
                [
                    .jobset: "\(jobset)", .jobs: "\(addition.jobs.count)", .total: "\(total)",
                    .sealed: "\(isSealed)",
                ]
            )
            return .done
        }
    }

    /// Sends on what follows from what was stored: the first jobs' messages, and of a jobset at its end a notification.
    private func announce(_ jobs: [JobEntry], _ finished: FinishedJobset?) async throws {
        for backend in Set(jobs.map(\.backend)).sorted() { _ = try await announcer.announceDue(backend: backend) }
        if let finished { try await publisher.announce(finished: [finished]) }
        faultPoint("ingest.published")
    }

    /// The document and its id; both faults of the message and of the document are said at once.
    private func read(_ delivery: AMQPDelivery) throws(Problem) -> (id: UUID, document: IncomingDocument) {
        var faults: [Fault] = []
        var named: UUID?
        if let messageID = delivery.message.properties.messageID, !messageID.isEmpty {
            named = UUID(uuidString: messageID)
            if named == nil {
                faults.append(Fault(pointer: "message-id", value: messageID, reason: "must be a UUID, or be left out"))
            }
        }
        if let queue = delivery.message.properties.replyTo, !publisher.topology.canTakeAnswers(queue) {
            faults.append(
                Fault(pointer: "reply-to", value: queue, reason: "is a queue of the fleet's own; name one of yours")
            )
        }
        do {
            let document = try IncomingDocument.read(
                delivery.message.body,
                limits: limits,
                knownBackends: knownBackends
            )
            guard faults.isEmpty else { throw Problem.invalidDocument(faults) }
            // Published without an id, the same document is the same jobset, or the same addition.
            return (named ?? UUID(digest: document.digest), document)
        } catch let problem as Problem {
            throw problem
        } catch let found as DocumentFaults {
            throw .invalidDocument(faults + found.faults)
        } catch {
            throw .invalidDocument(faults + [Fault(pointer: "", reason: "can't be read: \(error)")])
        }
    }

    private func refuse(
        _ delivery: AMQPDelivery,
        _ problem: Problem,
        of addition: JobsetAddition? = nil
    ) async throws -> Disposition {
        let body = delivery.message.body
        let messageID = delivery.message.properties.messageID.map(\.storable)
        var hash = SHA256()
        hash.update(data: Data((messageID ?? "").utf8))
        hash.update(data: [0])
        hash.update(data: body)
        try await store.recordRejection(
            messageID: messageID,
            digest: Array(hash.finalize()),
            problem: problem,
            body: body,
            keepBytes: Self.keptBytes,
            jobset: addition?.jobsetID
        )
        faultPoint("ingest.refused")
        try await publisher.answer(.refused(problem), to: delivery)
        FleetMetric.jobsetsRefused.increment()
        logger.warning("jobset refused", [.faults: "\(problem.errors.count)", .title: "\(problem.title)"])
        return .done
    }
}
