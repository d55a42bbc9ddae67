// SPDX-License-Identifier: Apache-2.0

import AMQP
import Fleet
import FleetOperations
import FleetQueues
import Hummingbird

/// The messages that no worker could handle: look, have them handled again, drop them.
struct DeadLetterRoutes: Sendable {
    let gateway: GatewayParts

    /// The longest key of a dead letter that is looked for; ours are shorter.
    private static let maximumKeyLength = 100

    func add(to api: APIGroup) {
        api.get("dead-letters", .listDeadLetters, use: list)
        api.post("dead-letters/requeue", .requeueDeadLetters, use: requeue)
        api.post("dead-letters/drop", .dropDeadLetters, use: drop)
    }

    private func list(_ request: Request, _ context: GatewayContext) async throws -> Response {
        guard context.caller.mayOperate else { throw Refusal.operatorsOnly(context.caller) }
        var query = QueryReader(request)
        let limit = query.limit(default: 100, most: 1_000)
        try query.finish()
        let (letters, total) = try await gateway.broker.deadLetters { letters throws(AMQPError) in
            (try await letters.list(limit: limit), try await letters.count() ?? 0)
        }
        return try .entity(DeadLetterList(letters, total: total), for: request)
    }

    private func requeue(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let selection = try await selection(request, context)
        try await gateway.operations.note("requeue", detail: ["keys": selection.description], by: context.actor())
        let result = try await gateway.broker.deadLetters { letters throws(AMQPError) in
            try await letters.requeue(selection)
        }
        return try .json(HandledDeadLetters(result.moved, left: result.homeless, asked: selection.keys))
    }

    private func drop(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let selection = try await selection(request, context)
        try await gateway.operations.note("drop", detail: ["keys": selection.description], by: context.actor())
        let dropped = try await gateway.broker.deadLetters { letters throws(AMQPError) in
            try await letters.drop(selection)
        }
        return try .json(HandledDeadLetters(dropped, asked: selection.keys))
    }

    /// Which are meant: `{"keys": […]}` or `{"all": true}`.
    private func selection(_ request: Request, _ context: GatewayContext) async throws -> DeadLetterSelection {
        var body = try await gateway.operatorsBody(request, context)
        let keys = body.texts("keys", atMost: DeadLetters.maximumMessages, maximumLength: Self.maximumKeyLength)
        let all = body.flag("all")
        if (keys == nil) != all { body.fault("keys", "or all must be given, and not both") }
        try body.finish()
        return keys.map { .keys(Set($0.map { $0.lowercased() })) } ?? .all
    }
}

extension DeadLetterSelection {
    /// For the audit.
    fileprivate var description: String {
        switch self {
        case .keys(let keys): keys.sorted().prefix(100).joined(separator: ",")
        case .all: "all"
        }
    }
}

extension APIOperation {
    fileprivate static let listDeadLetters = APIOperation(
        id: "listDeadLetters",
        summary: "The messages that no worker could handle, oldest first",
        parameters: [limit(1_000)],
        answers: one("DeadLetterList", "The oldest ones, and the total number"),
        refusals: [403]
    )

    fileprivate static let requeueDeadLetters = APIOperation(
        id: "requeueDeadLetters",
        summary: "Put dead letters back into their queues",
        body: ["application/json": schema("DeadLetterSelection")],
        isBodyRequired: true,
        answers: ["200": json("The result for each message", schema("DeadLetters"))],
        refusals: [403]
    )

    fileprivate static let dropDeadLetters = APIOperation(
        id: "dropDeadLetters",
        summary: "Delete dead letters permanently",
        body: ["application/json": schema("DeadLetterSelection")],
        isBodyRequired: true,
        answers: ["200": json("The deleted messages", schema("DeadLetters"))],
        refusals: [403]
    )
}
