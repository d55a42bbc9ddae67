// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Testing

/// A report in JSON, as far as the tests look at it.
struct ReadReport {
    let object: [String: Any]

    func tests(_ kind: String) -> [String] {
        entries(kind).map { "\($0["suite"] as? String ?? "")/\($0["name"] as? String ?? "")" }
    }

    func runs(_ kind: String) -> [Int] { entries(kind).map { $0["suite_run"] as? Int ?? 1 } }

    var metrics: [(suite: String, hasBefore: Bool)] {
        (object["metrics"] as? [[String: Any]] ?? []).map { ($0["suite"] as? String ?? "", $0["before"] != nil) }
    }

    var suites: [String] {
        (object["suites"] as? [[String: Any]] ?? []).compactMap { $0["suite"] as? String }.sorted()
    }

    private func entries(_ kind: String) -> [[String: Any]] {
        ((object["comparison"] as? [String: Any])?[kind] as? [String: Any])?["tests"] as? [[String: Any]] ?? []
    }
}

extension TestFleet {
    func waitForReport(of jobset: UUID) async throws {
        try await eventually("the report of \(jobset)") { try await self.store.storedReport(jobsetID: jobset) != nil }
    }

    func report(of jobset: UUID) async throws -> ReadReport {
        let text = try #require(try await store.storedReport(jobsetID: jobset)?[.json])
        let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        return ReadReport(object: try #require(object))
    }
}
