// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOHTTP1
import Postgres

/// What a simulated lab was asked, by its own count.
struct LabStatistics: Decodable {
    struct Streams: Decodable {
        let open: Int
        let events: Int
    }

    let requests: [String: Int]
    let jobs: [String: Int]
    let streams: Streams

    /// How many requests of a route there were, such as `GET /api/v0.2/jobs`.
    subscript(_ route: String) -> Int { requests[route, default: 0] }
    /// Polls and looks by number.
    var lists: Int { self["GET /api/v0.2/jobs"] }
    var submissions: Int { self["POST /api/v0.2/jobs"] }
    var fetches: Int { self["GET /api/v0.2/jobs/N/tests"] }
    var looks: Int { self["GET /api/v0.2/jobs/N"] }
    /// All that was asked of the API.
    var all: Int { requests.filter { $0.key.contains("/api/") }.values.reduce(0, +) }
}

extension TestFleet {
    func statistics(_ lab: String = "lab-a") async throws -> LabStatistics {
        let text = try await self.lab(lab, .GET, "/simulator/stats")
        return try JSONDecoder().decode(LabStatistics.self, from: Data(text.utf8))
    }

    /// Orders a fault of a lab.
    func order(_ fault: String, _ lab: String = "lab-a") async throws {
        _ = try await self.lab(lab, .POST, "/simulator/faults", json: fault)
    }

    /// Waits until a lab's event stream is followed, and what happened before has been asked for.
    func waitForStream(_ lab: String = "lab-a") async throws {
        try await eventually("the event stream of \(lab) to be followed") {
            let rows = try await self.postgres.query(
                "select events_since is not null from backend where name = \(lab)",
                idempotent: true
            )
            let isFollowed = try rows.first?.decode(Bool.self) ?? false
            let open = try await self.statistics(lab).streams.open
            return isFollowed && open > 0
        }
    }
}
