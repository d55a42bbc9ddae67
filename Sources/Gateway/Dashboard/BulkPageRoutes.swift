// SPDX-License-Identifier: Apache-2.0

import Dashboard
import Fleet
import FleetOperations
import FleetStore
import Foundation
import Hummingbird

/// The page of what is done to many jobsets: the query says which, as in the API.
struct BulkPageRoutes: Sendable {
    let gateway: GatewayParts

    func add(to group: RouterGroup<GatewayContext>) {
        group.get("bulk", use: preview)
        group.post("bulk", use: carryOut)
    }

    private func preview(_ request: Request, _ context: GatewayContext) async throws -> Response {
        _ = try context.caller.requireReader()
        let wish = try wish(request)
        let reader = gateway.reader(request, context)
        let outcome: BulkOutcome?
        if let asked = wish.request {
            try context.caller.requireAnywhere(asked.action.ability)
            outcome = try await gateway.operations.preview(try context.caller.permitted(asked))
        } else {
            outcome = nil
        }
        return gateway.page(wish.view(outcome, reader), for: reader, request)
    }

    private func carryOut(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let (form, context) = try await gateway.signedForm(request, context)
        let wish = try wish(request)
        guard let asked = wish.request else {
            throw Refusal.badRequest([Fault(pointer: "?action", reason: "is missing")])
        }
        try context.caller.requireAnywhere(asked.action.ability)
        let outcome = try await gateway.operations.carryOut(
            try context.caller.permitted(asked),
            reason: asked.action == .cancel ? form.reason() : nil,
            by: context.actor(["by": "dashboard"])
        )
        let reader = gateway.reader(request, context)
        return gateway.page(wish.view(outcome, reader), for: reader, request)
    }

    /// What the query asks for.
    private struct Wish {
        let action: BulkAction
        /// `nil` while no action is chosen.
        let request: BulkRequest?
        /// What the fields have in them.
        let values: [String: String]

        func view(_ outcome: BulkOutcome?, _ reader: PageReader) -> BulkView {
            var query = URLComponents()
            query.queryItems =
                [URLQueryItem(name: "action", value: action.rawValue)]
                + values.sorted { $0.key < $1.key }.map { URLQueryItem(name: $0.key, value: $0.value) }
            return BulkView(
                action: action,
                values: values,
                // A plus is a space to some.
                query: (query.percentEncodedQuery ?? "").replacing("+", with: "%2B"),
                outcome: outcome,
                reader: reader
            )
        }
    }

    private func wish(_ request: Request) throws(Refusal) -> Wish {
        var fields = QueryReader(form: request)
        let values = Dictionary(
            BulkView.parameters.compactMap { name, _, _ in fields.text(name).map { (name, $0) } }
        ) { first, _ in first }
        guard let action = fields.word("action", BulkAction.self) else {
            // Fields that are filled in before anything is asked for.
            try fields.finish()
            return Wish(action: .cancel, request: nil, values: values)
        }
        var query = QueryReader(form: request)
        _ = query.text("action")
        let asked = gateway.bulkRequest(action, &query)
        try query.finish()
        return Wish(action: action, request: asked, values: values)
    }
}
