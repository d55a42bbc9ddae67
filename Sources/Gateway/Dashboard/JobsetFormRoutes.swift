// SPDX-License-Identifier: Apache-2.0

import Dashboard
import Fleet
import FleetOperations
import FleetStore
import Foundation
import Hummingbird

/// What people do to a jobset: seal, cancel, retry, have something delivered again.
struct JobsetFormRoutes: Sendable {
    let gateway: GatewayParts

    func add(to group: RouterGroup<GatewayContext>) {
        group.post("jobsets/{jobset}/seal", use: seal)
        group.post("jobsets/{jobset}/cancel", use: cancel)
        group.post("jobsets/{jobset}/retry", use: retry)
        group.post("deliveries/{delivery}/redeliver", use: redeliver)
    }

    private func seal(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let (_, context) = try await gateway.signedForm(request, context)
        let (id, build) = try await gateway.jobset(in: context, for: .submit)
        _ = try await gateway.operations.seal(id, in: build, by: context.actor(Self.remarks))
        return .seeOther(Self.page(id, nil, .sealed))
    }

    private func cancel(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let (form, context) = try await gateway.signedForm(request, context)
        let (id, build) = try await gateway.jobset(in: context, for: .cancel)
        let reason = try form.reason()
        let position = try Self.position(form)
        _ = try await gateway.operations.cancel(
            id,
            in: build,
            jobs: position.map { [$0] },
            reason: reason,
            by: context.actor(Self.remarks)
        )
        return .seeOther(Self.page(id, position, .canceled))
    }

    private func retry(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let (form, context) = try await gateway.signedForm(request, context)
        let (id, build) = try await gateway.jobset(in: context, for: .retry)
        let position = try Self.position(form)
        let selection: RetrySelection =
            position.map { .jobs([$0]) } ?? (form.text("select") == "all" ? .all : .failed)
        _ = try await gateway.operations.retry(id, selection, in: build, by: context.actor(Self.remarks))
        return .seeOther(Self.page(id, position, .retried))
    }

    private func redeliver(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let (_, context) = try await gateway.signedForm(request, context)
        let (delivery, jobset, build) = try await gateway.delivery(in: context, for: .redeliver)
        try await gateway.operations.redeliver(delivery, of: jobset, in: build, by: context.actor(Self.remarks))
        return .seeOther(Self.page(jobset, nil, .redelivered) + "#deliveries")
    }

    private static let remarks = ["by": "dashboard"]

    private static func page(_ id: UUID, _ position: Int?, _ deed: PageDeed) -> String {
        "/jobsets/\(id.text)\(position.map { "/jobs/\($0)" } ?? "")?done=\(deed.rawValue)"
    }

    private static func position(_ form: FormFields) throws(Refusal) -> Int? {
        guard let text = form.text("job") else { return nil }
        guard let number = Int32(text), number >= 0 else {
            throw .badRequest([Fault(pointer: "job", reason: "must be a job's place in the document")])
        }
        return Int(number)
    }
}
