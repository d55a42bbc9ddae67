// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetQueues
import FleetRuntime
import FleetStore
import Foundation

/// Finds a build's jobset that takes jobs, or opens one: the way from SQUAD's builds, which are never closed, to jobsets,
/// which have an end.
///
/// The ids of jobsets are rows, so of many gateways that open the same build at once each opens the same jobset, with
/// the same document: it is one.
struct SQUADJobsets: Sendable {
    let gateway: GatewayParts

    /// How often a jobset is looked for that takes jobs: each time it may have been sealed meanwhile.
    private static let tries = 10

    private var store: FleetStore { gateway.store }

    private static let isSealedAgain = Refusal(
        "sealed-again",
        "The build accepts no jobs at the moment",
        status: 409,
        detail: "The build's jobsets are sealed as soon as they are there."
    )

    /// The build with a jobset that takes jobs.
    ///
    /// - Throws: ``Refusal`` when ingest does not answer; `Problem` when it refuses.
    func open(_ name: Build, by caller: Caller) async throws -> SQUADBuild {
        for _ in 0..<Self.tries {
            let build = try await store.squadBuild(name)
            switch build.standing {
            case .open: return build
            case .missing: try await open(build, SQUADDeclaration(), by: caller)
            case .sealed, .finished: try await store.moveOn(squadBuild: build.id, from: build.jobset)
            }
        }
        throw Self.isSealedAgain
    }

    /// Adds a job to the build, in whichever of its jobsets takes it.
    ///
    /// - Parameter key: what marks the same job in another request.
    /// - Returns: the test job's number. The job is in, or its addition is in ingest's queue, where nothing is lost.
    /// - Throws: `Problem` when ingest refuses the job for what it is; ``Refusal``.
    func add(_ job: JobEntry, to name: Build, key: IdempotencyKey?, by caller: Caller) async throws -> Int {
        var last: Problem?
        for _ in 0..<Self.tries {
            let build = try await open(name, by: caller)
            let addition = key.map { KeyedID.testJob(of: name, key: $0.text) } ?? UUID()
            guard
                let testJob = try await store.numberSquadJob(
                    build: build.id,
                    jobset: build.jobset,
                    addition: addition
                )
            else { continue }
            let document = JobsetAddition(jobsetID: testJob.jobset, jobs: [job])
            try await gateway.permit(document.names, in: name, id: addition, digest: document.digest, caller)
            guard case .refused(let problem) = try await publish(job, as: testJob, addition) else { return testJob.id }
            // Another job of the same key was here before: its number stays.
            if problem.isConflict { throw problem }
            try await store.dropSquadJob(testJob.id)
            guard problem.isNotAdded else { throw problem }
            last = problem
        }
        throw last ?? Problem(FleetRefusal.notAdded(jobset: "\(name)", reason: "it is sealed again and again"))
    }

    /// Publishes the addition of a job. Without the broker's word there is no promise, and the number is taken back: should
    /// the job come in after all, it gets another.
    private func publish(_ job: JobEntry, as testJob: SQUADJob, _ addition: UUID) async throws -> JobsetAnswer? {
        do {
            let body = try await HeavyWork.shared.run { _ in try Self.addition(of: job, to: testJob.jobset) }
            return try await gateway.submitter.post(addition: body, id: addition)
        } catch {
            try? await store.dropSquadJob(testJob.id)
            throw error
        }
    }

    /// Declares a build: opens its jobset, or tells the one that takes jobs at present. One that takes none any more is
    /// followed by another if something new is declared.
    ///
    /// - Throws: `DocumentFaults`, `Problem` or ``Refusal``.
    func declare(_ name: Build, _ declaration: SQUADDeclaration, by caller: Caller) async throws {
        let callback = try wanted(declaration, for: name)
        for _ in 0..<Self.tries {
            let build = try await store.squadBuild(name)
            switch build.standing {
            case .missing:
                if try await open(build, declaration, by: caller) { return }
            case .open:
                if let body = try declaration.addition(to: build.jobset) { try await send(body, to: build) }
                return
            case .sealed, .finished:
                let present = try await store.callback(of: build.jobset)
                guard declaration.total != nil || (callback != nil && callback != present) else { return }
                try await store.moveOn(squadBuild: build.id, from: build.jobset)
            }
        }
        throw Self.isSealedAgain
    }

    /// Has a build's present jobset call somebody, however it stands.
    ///
    /// - Throws: `DocumentFaults`, `Problem` or ``Refusal``.
    func register(_ declaration: SQUADDeclaration, for build: SQUADBuild, by caller: Caller) async throws {
        if build.standing == .missing { try await open(build, SQUADDeclaration(), by: caller) }
        if let body = try declaration.addition(to: build.jobset) { try await send(body, to: build) }
    }

    /// Opens the build's jobset as it is declared.
    ///
    /// - Returns: whether it was this declaration; else another was there before.
    @discardableResult private func open(
        _ build: SQUADBuild,
        _ declaration: SQUADDeclaration,
        by caller: Caller
    ) async throws -> Bool {
        var inherited: CallbackRequest?
        if let previous = build.previousJobset { inherited = try await store.callback(of: previous) }
        let body = try declaration.document(for: build.build, inherited: inherited)
        let document = try JobsetDocument.read(
            body,
            limits: gateway.documentLimits,
            knownBackends: gateway.knownBackends
        )
        try await gateway.permit(document.names, in: build.build, id: build.jobset, digest: document.digest, caller)
        switch try await gateway.submitter.post(jobset: body, id: build.jobset) {
        case .accepted: return true
        case .refused(let problem):
            guard problem.isConflict else { throw problem }
            return false
        // An addition must not overtake it.
        case nil: throw Refusal.unavailable("Ingest")
        }
    }

    private func send(_ body: [UInt8], to build: SQUADBuild) async throws {
        let document = try IncomingDocument.read(
            body,
            limits: gateway.documentLimits,
            knownBackends: gateway.knownBackends
        )
        let answer = try await gateway.submitter.post(addition: body, id: UUID(digest: document.digest))
        if case .refused(let problem) = answer { throw problem }
    }

    /// The callback that a declaration asks for, as it is kept.
    private func wanted(_ declaration: SQUADDeclaration, for build: Build) throws -> CallbackRequest? {
        let body = try declaration.document(for: build, inherited: nil)
        return try JobsetDocument.read(body, limits: gateway.documentLimits, knownBackends: []).callback
    }

    /// The document that adds a job to a jobset.
    static func addition(of job: JobEntry, to jobset: UUID) throws -> [UInt8] {
        var entry: [String: JSONValue] = ["environment": .text(job.environment), "backend": .text(job.backend)]
        if let labJob = job.labJob {
            entry["lab_job"] = .text("\(labJob)")
        } else {
            entry["definition"] = .text(job.definition)
        }
        let members: [String: JSONValue] = ["jobset": .text(jobset.text), "jobs": [.object(entry)]]
        return try GatewayJSON.encodeAsIs(members)
    }
}

extension Problem {
    /// Whether the id is one that another document has.
    fileprivate var isConflict: Bool { isRefusal(.conflict) }
    /// Whether the jobset takes nothing any more, or is not there.
    fileprivate var isNotAdded: Bool { isRefusal(.notAdded) || isRefusal(.noSuchJobset) }
}

/// What a client of SQUAD's says of a build beside its jobs.
struct SQUADDeclaration: Sendable {
    /// Who is called when it has finished, in SQUAD's fields.
    var callback: [String: String] = [:]
    /// How many jobs it will have; it is sealed once they are there.
    var total: Int?
    /// The version that it is compared with.
    var baseline: String?
    /// What else is known of it.
    var labels: [String: String] = [:]

    init() {}

    /// The declaration in the form of `createbuild`.
    ///
    /// - Throws: ``SQUADRefusal``.
    init(_ form: SQUADForm) throws(SQUADRefusal) {
        callback = try form.callback()
        if let text = try form.text("jobs"), !text.isEmpty {
            guard let number = Int(text), number >= 0 else { throw .text("jobs must be a whole number") }
            total = number
        }
        if let text = try form.text("patch_baseline"), !text.isEmpty { baseline = text }
        for name in ["patch_source", "patch_id"] {
            if let text = try form.text(name), !text.isEmpty { labels[name] = text }
        }
    }

    /// The document of an open jobset of this build, which calls `inherited` if nobody else is named.
    func document(for build: Build, inherited: CallbackRequest?) throws -> [UInt8] {
        var members: [String: JSONValue] = ["build": .text("\(build)"), "jobs": [], "open": true]
        members.merge(callback.mapValues { .text($0) }) { $1 }
        if callback.isEmpty, let inherited { members["callback"] = try JSONValue(encoding: inherited) }
        if let total { members["total"] = .number(total) }
        if let baseline { members["baseline"] = .text(baseline) }
        if !labels.isEmpty { members["labels"] = .object(labels.mapValues { .text($0) }) }
        return try GatewayJSON.encodeAsIs(members)
    }

    /// The addition that tells an open jobset of it; `nil` where there is nothing to tell. What belongs to the beginning
    /// of a jobset, baseline and labels, comes too late.
    func addition(to jobset: UUID) throws -> [UInt8]? {
        guard total != nil || !callback.isEmpty else { return nil }
        var members: [String: JSONValue] = ["jobset": .text(jobset.text)]
        members.merge(callback.mapValues { .text($0) }) { $1 }
        if let total { members["total"] = .number(total) }
        return try GatewayJSON.encodeAsIs(members)
    }
}
