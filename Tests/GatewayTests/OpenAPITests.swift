// SPDX-License-Identifier: Apache-2.0

import FleetStore
import Foundation
import NIOHTTP1
import Postgres
import Testing

@testable import Gateway

@Suite("The API's description")
struct OpenAPITests {
    @Test("It has the operations that the gateway answers, and no others")
    func operations() async throws {
        try await TestGateway.with { gateway in
            let services = try GatewayServices(gateway.parts)
            let table = RouteTable()
            _ = GatewayRouter.make(GatewayParts(gateway.parts, answers: services.answers), table: table)
            let document = try await gateway.ask(.GET, "/api/v1/openapi.json").json()
            let paths = try #require(document["paths"] as? [String: [String: Any]])
            let routes = table.all.filter { $0.contains(" /api/v1/") && !$0.hasPrefix("HEAD ") }
            let described = paths.flatMap { path, operations in
                operations.keys.map { "\($0.uppercased()) \(path)" }
            }.sorted()
            #expect(routes == described)
        }
    }

    @Test("It has every key that a jobset and a delivery of all that there is come with")
    func keys() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let more = #"""
                , "callback_url": "https://hooks.example.org/x", "labels": {"a": "b"}, "retries": 1, "priority": 60,
                "baseline": "/g/p/0", "timeout": 60, "max_failures": "10%", "open": true, "total": 3
                """#
            let id = try await gateway.submit(TestGateway.document(more: more), token: token)
            _ = try await gateway.ask(.POST, "/api/v1/jobsets/\(id)/cancel", token: token, #"{"reason": "enough"}"#)
            let store = gateway.store
            _ = try await store.noteFailure(of: "https://hooks.example.org", error: "503", limit: .zero)
            try await store.client.execute("update delivery set last_status = 503, last_error = 'no'")
            try await store.client.execute("update jobset set deadline_passed_at = now()")
            let jobset = try await gateway.ask(.GET, "/api/v1/jobsets/\(id)", token: token).json()
            let deliveries = try await gateway.ask(.GET, "/api/v1/jobsets/\(id)/deliveries", token: token).items()
            let callback = try #require(deliveries.first { $0["kind"] as? String == "callback" })
            #expect(jobset["baseline"] != nil && callback["receiver_failing_since"] != nil)
            let document = try await gateway.ask(.GET, "/api/v1/openapi.json").json()
            let schemas = (document["components"] as? [String: Any])?["schemas"] as? [String: Any]
            for (name, object) in [("Jobset", jobset), ("Delivery", callback)] {
                let schema = schemas?[name] as? [String: Any]
                let known = Set((schema?["properties"] as? [String: Any] ?? [:]).keys)
                #expect(Set(object.keys).subtracting(known).isEmpty, "\(name)")
            }
        }
    }

    @Test("It is served, and every reference in it leads somewhere")
    func references() async throws {
        try await TestGateway.with { gateway in
            let answer = try await gateway.ask(.GET, "/api/v1/openapi.json")
            #expect(answer.status == 200)
            let document = try answer.json()
            #expect(document["openapi"] as? String == "3.1.0")
            for reference in Self.references(in: document) {
                var place: Any? = document
                for part in reference.dropFirst(2).split(separator: "/") {
                    place = (place as? [String: Any])?[String(part)]
                }
                #expect(place != nil, "\(reference)")
            }
        }
    }

    private static func references(in value: Any) -> Set<String> {
        if let object = value as? [String: Any] {
            let own = (object["$ref"] as? String).map { Set([$0]) } ?? []
            return object.values.reduce(into: own) { $0.formUnion(references(in: $1)) }
        }
        return ((value as? [Any]) ?? []).reduce(into: []) { $0.formUnion(references(in: $1)) }
    }
}
