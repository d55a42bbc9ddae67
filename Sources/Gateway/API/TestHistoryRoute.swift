// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Hummingbird

/// What a test said in the latest jobsets of its project.
struct TestHistoryRoute: Sendable {
    let gateway: GatewayParts

    func add(to api: APIGroup) {
        api.get("projects/{group}/{project}/test-history", .testHistory, use: history)
    }

    private func history(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let wish = try TestHistoryWish(request)
        let (group, project) = try context.project()
        try context.caller.requireRead(group: group, project: project)
        return try .json(try await gateway.testHistory(of: group, project, wish))
    }
}

/// Which history is asked for.
struct TestHistoryWish {
    let suite: String
    let test: String
    /// Of this environment alone.
    let environment: String?
    /// The most jobsets of each environment.
    let limit: Int

    /// How many jobsets there are if nobody says.
    static let usualLimit = 20

    /// What the query of a request asks for.
    ///
    /// - Throws: ``Refusal`` that names all that is wrong with it.
    init(_ request: Request, usualLimit: Int = Self.usualLimit) throws {
        var query = QueryReader(request)
        suite = query.required("suite")
        test = query.required("test")
        environment = query.text("environment")
        limit = query.integer("limit", 1...FleetStore.historyLength) ?? usualLimit
        try query.finish()
    }
}

extension QueryReader {
    /// The value of a parameter that must be there.
    fileprivate mutating func required(_ name: String) -> String {
        let value = text(name) ?? ""
        if value.isEmpty { add(name, nil, "is missing") }
        return value
    }
}

extension GatewayParts {
    func testHistory(of group: String, _ project: String, _ wish: TestHistoryWish) async throws -> TestHistory {
        try await store.testHistory(
            of: group,
            project,
            suite: wish.suite,
            test: wish.test,
            environment: wish.environment,
            limit: wish.limit
        )
    }
}

extension APIOperation {
    fileprivate static let testHistory = APIOperation(
        id: "testHistory",
        summary: "What a test said in the latest finished jobsets of a project, by environment",
        parameters: [
            query("suite", "The suite", text, isRequired: true), query("test", "The test case", text, isRequired: true),
            query("environment", "Only in this environment", text),
            query(
                "limit",
                "The most jobsets of each environment, 20 if it is missing",
                ["type": "integer", "minimum": 1, "maximum": .number(FleetStore.historyLength)]
            ),
        ],
        answers: ["200": json("The history", schema("TestHistory"))],
        refusals: [403]
    )
}
