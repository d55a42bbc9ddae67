// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import Testing

@testable import Gateway

@Suite("The schemas of records")
struct RecordSchemaTests {
    @Test(
        "Each has the keys that its record is written with, all those that it needs among them",
        arguments: RecordSchemaTests.names
    )
    func keys(_ name: String) throws {
        let (schema, object) = try Self.record(name)
        try compare(schema, object)
    }

    /// A record can hold another that has no name of its own.
    private func compare(_ schema: [String: Any], _ object: [String: Any]) throws {
        let properties = try #require(schema["properties"] as? [String: Any])
        let required = try #require(schema["required"] as? [String])
        #expect(Set(object.keys).isSubset(of: properties.keys))
        #expect(Set(object.keys).isSuperset(of: required))
        // What has no sample is text that has to look like something.
        for missing in Set(properties.keys).subtracting(object.keys) {
            #expect((properties[missing] as? [String: String]) == ["type": "string"], "\(missing)")
        }
        for (key, value) in object {
            guard let inner = properties[key] as? [String: Any], inner["properties"] != nil else { continue }
            try compare(inner, try #require(value as? [String: Any]))
        }
    }

    @Test("Ids are written in lower case, whichever module a record is in", arguments: RecordSchemaTests.names)
    func ids(_ name: String) throws {
        let (_, object) = try Self.record(name)
        let texts = object.values.compactMap { $0 as? String }.filter { UUID(uuidString: $0) != nil }
        #expect(texts.allSatisfy { $0 == $0.lowercased() })
        #expect(object["id"] is Int || texts.isEmpty == (object["id"] == nil && object["jobset"] == nil))
    }

    @Test("Words, times, lists and what may be missing are told apart")
    func kinds() throws {
        let (schema, _) = try Self.record("Attempt")
        let properties = try #require(schema["properties"] as? [String: [String: Any]])
        #expect(properties["state"]?["enum"] as? [String] == ["submitting", "submitted", "ended"])
        #expect(properties["created_at"]?["format"] as? String == "date-time")
        let labJobs = properties["lab_jobs"]?["items"] as? [String: String]
        #expect(labJobs == ["$ref": "#/components/schemas/LabJob"])
        let required = try #require(schema["required"] as? [String])
        #expect(required == ["created_at", "lab_jobs", "number", "state", "tries"])
    }

    static let names = OpenAPIDocument.records.keys.sorted()

    /// A record's schema, and a record as it is written.
    private static func record(_ name: String) throws -> (schema: [String: Any], object: [String: Any]) {
        let schemas = try RecordSchema(OpenAPIDocument.records)
        let type = try #require(OpenAPIDocument.records[name])
        let schema = try GatewayJSON.encodeAsIs(try #require(schemas.schemas[name]))
        return (try object(schema), try object(FleetJSON.bytes(try schemas.sample(of: type))))
    }

    private static func object(_ bytes: [UInt8]) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    }
}
