// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetRuntime
import FleetStore
import Foundation
import Hummingbird

/// One jobset, and its end for whoever waits.
struct JobsetRoutes: Sendable {
    let gateway: GatewayParts

    func add(to api: APIGroup) {
        api.get("jobsets/{jobset}", .getJobset, use: jobset)
    }

    private func jobset(_ request: Request, _ context: GatewayContext) async throws -> Response {
        var query = QueryReader(request)
        let wait = query.wait(gateway.limits)
        try query.finish()
        var status = try await gateway.readableJobset(context)
        if let wait, status.state != .finished {
            _ = try await gateway.waitForEnd(of: status.id, within: wait, context)
            status = try await gateway.store.jobset(id: status.id) ?? status
        }
        return try .entity(status, for: request)
    }
}

extension QueryReader {
    /// How long a request waits for the end of a jobset, at most as long as the configuration has it; nil when it does
    /// not.
    mutating func wait(_ limits: FleetConfiguration.Gateway) -> Duration? {
        integer("wait", 0...3_600).flatMap { $0 == 0 ? nil : min(.seconds($0), limits.waitMaximum) }
    }
}

extension GatewayContext {
    /// The jobset that the path names, and what is to be said when there is none.
    ///
    /// - Throws: ``Refusal`` for what is no id.
    func jobsetID() throws(Refusal) -> (UUID, missing: FleetRefusal) {
        guard let id = parameters.get("jobset").flatMap(UUID.init(uuidString:)) else { throw caller.notFound }
        return (id, .noSuchJobset(id: id.text))
    }
}

extension GatewayParts {
    /// The shortest and the longest pause between looks at a jobset that somebody waits for.
    private static let pauses = (shortest: Duration.milliseconds(250), longest: Duration.seconds(2))

    /// The jobset that the path names, if the caller may see it.
    ///
    /// - Throws: ``Refusal``.
    func readableJobset(_ context: GatewayContext) async throws -> Jobset {
        let (id, missing) = try context.jobsetID()
        guard let status = try await store.jobset(id: id), let build = Build(status.build) else {
            throw context.caller.notFound(missing)
        }
        try context.caller.requireRead(group: build.group, project: build.project, or: missing)
        return status
    }

    /// Looks at a jobset until it has ended, or until the time is over; no longer than the client is there and its token
    /// is good.
    ///
    /// - Returns: whether it has ended.
    /// - Throws: ``Refusal`` 401 when the token is good no more.
    func waitForEnd(of id: UUID, within limit: Duration, _ context: GatewayContext) async throws -> Bool {
        let token = context.caller.tokenID
        return try await context.whileClientStays { [store] in
            let deadline = ContinuousClock.now + limit
            var pause = Self.pauses.shortest
            while true {
                let isOver = try await store.summary(of: id)?.state == .finished
                // What has waited is asked again who it is, before it is told anything.
                if let token, try await !store.isGood(token: token) { throw Refusal.unauthorized(isTokenBad: true) }
                if isOver { return true }
                let left = deadline - .now
                guard left > .zero else { return false }
                try await Task.sleep(for: min(pause, left))
                pause = min(pause * 1.5, Self.pauses.longest)
            }
        }
    }
}

extension APIOperation {
    fileprivate static let getJobset = APIOperation(
        id: "getJobset",
        summary: "The current state of a jobset",
        parameters: [wait],
        answers: one("Jobset", "The jobset")
    )
}
