// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOHTTP1
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
            let routes = table.all.filter { $0.contains(" /api/v1/") && !$0.hasPrefix("HEAD ") }
            let described = APIOperation.all.map { "\($0.method.uppercased()) \($0.path)" }.sorted()
            #expect(routes == described)
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
