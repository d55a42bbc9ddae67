// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import TestSupport

/// What is done to whole jobsets.
extension LifeStore {
    func accept(_ name: Int, _ document: LifeDocument) async throws -> LifeOutcome {
        let acceptance = try await store.acceptJobset(
            id: Self.jobset(name),
            document: try Self.document(document, of: name)
        )
        switch acceptance {
        case .conflict: return LifeOutcome(answer: .conflict)
        case .mayNotWatch, .mayNotSign:
            throw NeverHappened(what: "a refusal of what is in the model, which names nothing that is not in it")
        case .accepted(true, let total, let finished):
            return LifeOutcome(answer: .accepted(total: total), finished: Self.ends(finished.map { [$0] } ?? []))
        case .accepted(false, let total, let finished):
            let end = finished.flatMap { Self.ends([$0]).first }
            return LifeOutcome(answer: .again(total: total, isSealed: nil, end: end))
        }
    }

    func add(_ addition: LifeAddition, to name: Int) async throws -> LifeOutcome {
        let document = JobsetAddition(
            jobsetID: Self.jobset(name),
            jobs: Self.jobs(addition.jobs, of: name),
            seals: addition.seals,
            declaredTotal: addition.declaredTotal
        )
        switch try await store.addJobs(id: Self.addition(addition.id), addition: document) {
        case .conflict: return LifeOutcome(answer: .conflict)
        case .refused(let refusal): return .refused(try Self.refusal(refusal))
        case .accepted(true, let total, let isSealed, let finished):
            let answer = LifeAnswer.added(total: total, isSealed: isSealed)
            return LifeOutcome(answer: answer, finished: Self.ends(finished.map { [$0] } ?? []))
        case .accepted(false, let total, let isSealed, let finished):
            let end = finished.flatMap { Self.ends([$0]).first }
            return LifeOutcome(answer: .again(total: total, isSealed: isSealed, end: end))
        }
    }

    func seal(_ name: Int) async throws -> LifeOutcome {
        do {
            let step = try await store.sealJobset(id: Self.jobset(name))
            let sealing = await step.done
            let answer = LifeAnswer.sealed(wasSealed: sealing.wasSealed, total: sealing.total)
            return LifeOutcome(answer: answer, finished: Self.ends(step.finished))
        } catch let refusal as FleetRefusal {
            return try Self.outcome(refusal)
        }
    }

    func sealForgotten(_ name: Int) async throws -> LifeOutcome {
        try await client.execute(
            "update jobset set added_at = now() - interval '2 h' where id = \(Self.jobset(name)) and not sealed"
        )
        let forgotten = try await store.sealForgotten(after: .seconds(3600), batch: 10)
        let sealed = await forgotten.done.map { Int($0.uuid.15) }
        return LifeOutcome(answer: .forgotten(sealed), finished: Self.ends(forgotten.finished))
    }

    func change(_ name: Int, _ change: LifeChange) async throws -> LifeOutcome {
        let change = JobsetChange(
            maxFailures: change.maxFailures,
            priority: change.priority,
            timeout: change.timeout.map { $0 ? .seconds(7200) : nil }
        )
        do {
            let changed = try await store.changeJobset(id: Self.jobset(name), change)
            let answer = LifeAnswer.changed(isCanceled: await changed.done)
            return LifeOutcome(answer: answer, finished: Self.ends(changed.finished))
        } catch let refusal as FleetRefusal {
            return try Self.outcome(refusal)
        }
    }

    func makeReport(_ name: Int) async throws -> LifeOutcome {
        try await client.execute(
            """
            update delivery set state = 'delivered', ended_at = now()
            where jobset_id = \(Self.jobset(name)) and kind = 'report'
            """
        )
        return LifeOutcome()
    }

    func makeBodies(_ name: Int) async throws -> LifeOutcome {
        let rows = try await client.query(
            "select id from delivery where jobset_id = \(Self.jobset(name)) and kind = 'callback' and body is null"
        )
        for row in rows { _ = try await store.keepBody("{}", of: try row.decode(UUID.self)) }
        return LifeOutcome()
    }

    func retry(_ name: Int, _ selection: LifeSelection) async throws -> LifeOutcome {
        let selection: RetrySelection =
            switch selection {
            case .failed: .failed
            case .all: .all
            case .jobs(let positions): .jobs(Set(positions))
            }
        do {
            let retrial = try await store.retryJobs(of: Self.jobset(name), selection)
            return LifeOutcome(answer: .retried(generation: retrial.generation, jobs: retrial.jobs))
        } catch let refusal as FleetRefusal {
            return try Self.outcome(refusal)
        }
    }

    /// A refusal as the model has it.
    static func outcome(_ refusal: FleetRefusal) throws -> LifeOutcome {
        switch refusal {
        case .noSuchJobset: .refused(.notFound)
        case .alreadyFinished(let verdict): Self.verdict(verdict)
        case .stillRunning(_, let pending): .refused(.stillRunning(pending: pending))
        case .nothingFailed: .refused(.nothingFailed)
        case .noSuchJob(_, let position, _): .refused(.noSuchJob(position))
        case .jobAlreadyFinished(let position, let outcome): .refused(.jobFinished(position, outcome))
        case .reportPending: .refused(.reportPending)
        default: throw NeverHappened(what: "a refusal of what is in the model, found: \(refusal)")
        }
    }
}

/// Documents.
extension LifeStore {
    private static func document(_ document: LifeDocument, of name: Int) throws -> JobsetDocument {
        let plain = try TestStore.document(jobs: 0, build: "/group/project/v\(document.version)")
        let events = document.events == [.finished] ? nil : document.events.sorted { $0.rawValue < $1.rawValue }
        let callback = CallbackRequest(url: "http://receiver.example/done", events: events)
        return JobsetDocument(
            build: plain.build,
            callback: document.events.isEmpty ? nil : callback,
            jobs: jobs(document.jobs, of: name),
            retries: document.retries,
            isOpen: document.isOpen,
            declaredTotal: document.declaredTotal,
            timeout: document.hasTimeout ? .seconds(7200) : nil,
            maxFailures: document.maxFailures
        )
    }

    /// They are the same job again and again, which is no matter.
    private static func jobs(_ number: Int, of jobset: Int) -> [JobEntry] {
        Array(
            repeating: JobEntry(environment: "e", backend: backend(ofJobset: jobset), definition: "a: 1"),
            count: number
        )
    }

    private static func refusal(_ refusal: NotAddable) throws -> LifeRefusal {
        switch refusal {
        case .notFound: .notFound
        case .finished(let verdict): .finished(verdict)
        case .sealed(nil): .sealed(.owner)
        case .sealed("canceled"): .sealed(.cancellation)
        case .sealed("its deadline has passed"): .sealed(.deadline)
        case .sealed(let reason?) where reason.hasPrefix("left open"): .sealed(.sweep)
        case .sealed(let reason): throw NeverHappened(what: "a reason that is known, found \(reason ?? "none")")
        case .beyondTotal(let declared, let would): .beyondTotal(declared: declared, would: would)
        case .otherTotal(let declared, let known): .otherTotal(declared: declared, known: known)
        case .otherCallback, .mayNotWatch, .mayNotSign:
            throw NeverHappened(what: "a refusal of what is in the model, which has no callbacks and no watched jobs")
        }
    }
}
