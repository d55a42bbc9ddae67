// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Testing

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// A Prometheus of a test, and `promtool`: the ones that `deploy/stack` has installed.
struct PrometheusServer {
    let port: Int

    /// Lends one that scrapes `targets` each second. Its files are in `folder`.
    static func with(
        scraping targets: [(worker: String, port: Int)],
        in folder: URL,
        _ body: (PrometheusServer) async throws -> Void
    ) async throws {
        let scraped = targets.map { target in
            "      - {targets: [\"127.0.0.1:\(target.port)\"], labels: {worker: \(target.worker)}}\n"
        }
        let configuration = """
            global: {scrape_interval: 1s, evaluation_interval: 1s}
            scrape_configs:
              - job_name: muster
                static_configs:
            \(scraped.joined())
            """
        let file = folder.appending(path: "prometheus.yml")
        try Data(configuration.utf8).write(to: file)
        let reserved = try ReservedPort()
        let server = try spawn(
            try TestServers.required("MUSTER_TEST_PROMETHEUS"),
            [
                "--config.file=\(file.path)", "--storage.tsdb.path=\(folder.appending(path: "prometheus").path)",
                "--web.listen-address=127.0.0.1:\(reserved.number)",
            ],
            log: folder.appending(path: "prometheus.log")
        )
        defer {
            kill(server, SIGKILL)
            waitpid(server, nil, 0)
        }
        try await body(PrometheusServer(port: reserved.number))
    }

    /// What it answers to a query: how many series.
    ///
    /// - Throws: what is wrong with the query, in the server's words.
    func series(_ query: String) async throws -> Int {
        var address = try #require(URLComponents(string: "http://127.0.0.1:\(port)/api/v1/query"))
        address.queryItems = [URLQueryItem(name: "query", value: query)]
        // URLComponents leaves it, and a server reads it as a space.
        address.percentEncodedQuery = address.percentEncodedQuery?.replacing("+", with: "%2B")
        let (data, _) = try await URLSession(configuration: .ephemeral).data(from: try #require(address.url))
        let answer = try JSONDecoder().decode(Answer.self, from: data)
        guard answer.status == "success" else { throw Refused(query: query, reason: answer.error ?? "") }
        return answer.data?.result.count ?? 0
    }

    private struct Answer: Decodable {
        struct Data: Decodable { let result: [Row] }
        struct Row: Decodable {}
        let status: String
        let error: String?
        let data: Data?
    }

    struct Refused: Error {
        let query: String
        let reason: String
    }
}
