// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

extension TestFleet {
    /// Runs the real `muster-ingest` around `body`.
    func withIngest(_ body: () async throws -> Void) async throws {
        let ingest = try launch("muster-ingest")
        try await withCleanUp(body) {
            ingest.terminate()
            try await ingest.waitUntilExit()
        }
    }

    /// Waits until so many additions have been taken in.
    func waitForAdditions(_ count: Int) async throws {
        try await eventually("\(count) additions", every: .milliseconds(1)) {
            try await self.postgres.query("select count(*) from jobset_addition").one().decode(Int.self) >= count
        }
    }

    /// Lends a file with this text.
    func withFile(_ text: String, name: String = "jobs.jsonl", _ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "muster-cli-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let url = folder.appending(path: name)
        try Data(text.utf8).write(to: url)
        try await body(url.path)
    }

    /// The places and environments of a jobset's jobs, in their order.
    func environments(of id: String, limit: Int = 100_000) async throws -> [String] {
        try await store.jobs(of: try #require(UUID(uuidString: id)), limit: limit).map(\.environment)
    }
}
