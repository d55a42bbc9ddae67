// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Testing

/// The project of the real SQUAD that `make test-squad` brings up, and what it says itself of a build there.
struct RealSQUADProject: Sendable {
    let url: String
    let token: String
    let plainToken: String
    let path: String

    init() throws {
        url = try TestServers.required("MUSTER_TEST_SQUAD_URL")
        token = try TestServers.required("MUSTER_TEST_SQUAD_TOKEN")
        plainToken = try TestServers.required("MUSTER_TEST_SQUAD_PLAIN_TOKEN")
        path = try TestServers.required("MUSTER_TEST_SQUAD_PROJECT")
    }

    /// The section `projects` of a fleet whose results go there.
    func settings(token: String? = nil, path: String? = nil, url: String? = nil) -> [String: String] {
        let values = "squad_url: \(url ?? self.url), squad_token: \(token ?? self.token)"
        return ["\"group/project\"": "{\(values), squad_project: \(path ?? self.path)}"]
    }

    /// A test run as SQUAD keeps it.
    struct Run: Sendable {
        let jobID: String
        let jobURL: String?
        let jobStatus: String?
        let environment: String
        let metadata: [String: String]
        /// The status by name.
        let tests: [String: String]
        /// The unit by name.
        let metrics: [String: String?]
    }

    /// All of a build's test runs, by job id.
    func runs(of version: String) async throws -> [String: Run] {
        let builds = try await all("/api/builds/?version=\(version)")
        guard let build = builds.first?["id"] as? Int else { return [:] }
        var runs: [String: Run] = [:]
        for row in try await all("/api/builds/\(build)/testruns/") {
            let id = try #require(row["id"] as? Int)
            let jobID = try #require(row["job_id"] as? String)
            let environment = try await get(try #require(row["environment"] as? String))
            let metadata = try await get("\(url)/api/testruns/\(id)/metadata_file/")
            let tests = try await all("/api/testruns/\(id)/tests/")
            let metrics = try await all("/api/testruns/\(id)/metrics/")
            runs[jobID] = Run(
                jobID: jobID,
                jobURL: row["job_url"] as? String,
                jobStatus: row["job_status"] as? String,
                environment: environment["slug"] as? String ?? "",
                metadata: metadata.compactMapValues { $0 as? String },
                tests: Dictionary(tests.map { ($0["name"] as? String ?? "", $0["status"] as? String ?? "") }) { $1 },
                metrics: Dictionary(metrics.map { ($0["name"] as? String ?? "", $0["unit"] as? String) }) { $1 }
            )
        }
        return runs
    }

    /// Every row of a list, over all its pages.
    private func all(_ path: String) async throws -> [[String: Any]] {
        var rows: [[String: Any]] = []
        var next: String? = url + path
        while let page = next {
            let answer = try await get(page)
            rows += answer["results"] as? [[String: Any]] ?? []
            next = answer["next"] as? String
        }
        return rows
    }

    private func get(_ address: String) async throws -> [String: Any] {
        var request = HTTPClientRequest(url: address)
        request.headers.add(name: "Auth-Token", value: token)
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(120))
        let body = try await response.body.collect(upTo: 1 << 24)
        return try #require(try JSONSerialization.jsonObject(with: Data(body.readableBytesView)) as? [String: Any])
    }
}
