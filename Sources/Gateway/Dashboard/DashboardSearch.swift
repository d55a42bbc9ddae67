// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation

/// What somebody typed, and what it may mean: a build or the beginning of one, an id or its beginning, a lab's number.
struct DashboardSearch: Sendable {
    let text: String
    let scopes: [ProjectScope]
    let store: FleetStore

    init(_ asked: String, scopes: [ProjectScope], store: FleetStore) {
        text = asked.trimmingCharacters(in: .whitespacesAndNewlines).storable
        self.scopes = scopes
        self.store = store
    }

    /// Jobsets by id, by build, by project.
    func jobsets(limit: Int) async throws -> [JobsetSummary] {
        guard !text.isEmpty else { return [] }
        var found = try await store.jobsets(idPrefix: text, scopes: scopes, limit: limit)
        let parts = text.split(separator: "/").map(String.init)
        switch parts.count {
        case 1:
            found += try await builds(nil, nil, parts[0], limit)
            found += try await builds(nil, parts[0], nil, limit)
        case 2: found += try await builds(parts[0], parts[1], nil, limit)
        case 3: found += try await builds(parts[0], parts[1], parts[2], limit)
        default: break
        }
        var seen: Set<UUID> = []
        return Array(found.filter { seen.insert($0.id).inserted }.prefix(limit))
    }

    /// Lab jobs of a number, in whichever lab.
    func labJobs(limit: Int) async throws -> [FoundLabJob] {
        guard !text.isEmpty, text.utf8.count <= 18, let number = Int(text), number > 0 else { return [] }
        return try await store.labJobs(numbered: number, scopes: scopes, limit: limit)
    }

    private func builds(_ group: String?, _ project: String?, _ version: String?, _ limit: Int) async throws
        -> [JobsetSummary]
    {
        try await store.jobsets(group: group, project: project, versionPrefix: version, scopes: scopes, limit: limit)
    }
}
