// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetOperations
import FleetStore
import Hummingbird

/// Who is called when a build has finished: one receiver, which its jobsets have one after the other.
struct SQUADCallbackRoutes: Sendable {
    let gateway: GatewayParts

    func add(to group: RouterGroup<GatewayContext>) {
        group.get("builds/{build}/callbacks", use: list)
        group.post("builds/{build}/callbacks", use: register)
    }

    /// Payload and headers may hold tokens, as may the address's query, and are never shown.
    private func list(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let build = try await gateway.visibleSQUADBuild(context)
        var results: [JSONValue] = []
        if let callback = try await gateway.store.callback(of: build.jobset) {
            let told = try await gateway.store.deliveries(of: build.jobset).last {
                $0.kind == DeliveryKind.callback.rawValue && $0.event == JobsetEvent.finished.rawValue
            }
            results.append([
                "id": .number(build.id), "url": .text(ReceiverAddress(callback.url).masked),
                "method": .text(callback.method?.rawValue.lowercased() ?? "post"), "event": "on_build_finished",
                "payload": .null, "payload_is_json": .truth(callback.contentType != .form),
                "is_sent": .truth(told?.isDelivered ?? false), "record_response": true,
                "response_code": told?.lastStatus.map { .number($0) } ?? .null,
                "response_content": .text(orNull: told?.lastError),
            ])
        }
        return .squadJSON(["results": .list(results)], status: .accepted)
    }

    private func register(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let build = try await gateway.visibleSQUADBuild(context)
        guard context.caller.may(.submit, group: build.build.group, project: build.build.project) else {
            throw SQUADRefusal.needsPermission(to: "register callbacks")
        }
        var declaration = SQUADDeclaration()
        declaration.callback = try await SQUADForm(request, gateway, context).callback()
        guard !declaration.callback.isEmpty else { throw SQUADRefusal.message("url is required.") }
        try await gateway.operations.note(
            "add",
            build.build,
            jobset: build.jobset,
            detail: ["build": "\(build.build)", "what": "callback"],
            by: context.actor(["by": "squad"])
        )
        do {
            try await SQUADJobsets(gateway: gateway).register(declaration, for: build, by: context.caller)
        } catch let faults as DocumentFaults {
            throw SQUADRefusal.message(SQUADSubmissionRoutes.words(faults.faults))
        } catch let problem as Problem where problem.status < 500 {
            throw SQUADRefusal.message(problem.detail)
        }
        return .squadJSON(["message": "OK"], status: .accepted)
    }
}
