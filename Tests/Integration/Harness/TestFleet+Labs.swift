// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization
import Testing

/// What a test asks of a lab, beside the fleet.
extension TestFleet {
    /// The jobs a lab made, as its own log tells: how many carry each tag.
    func labJobsByTag(_ lab: String = "lab-a") throws -> [String: Int] {
        let log = try String(contentsOf: folder.appendingPathComponent("\(lab).jsonl"), encoding: .utf8)
        var counts: [String: Int] = [:]
        for line in log.split(separator: "\n") {
            guard let entry = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
                entry["event"] as? String == "job.created", let tag = entry["tag"] as? String
            else { continue }
            counts[tag, default: 0] += 1
        }
        return counts
    }

    func lab(_ lab: String, _ method: HTTPMethod, _ path: String, json: String? = nil) async throws -> String {
        let address = try address(of: lab)
        var request = HTTPClientRequest(url: address.url + path)
        request.headers.add(name: "authorization", value: "Token \(address.token ?? "")")
        // A lab that is told to spoil connections may have spoilt one that is kept.
        request.headers.add(name: "connection", value: "close")
        request.method = method
        if let json {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: json))
        }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(120))
        return String(buffer: try await response.body.collect(upTo: 1 << 24))
    }

    /// Restarts a simulated lab, which drops every connection, that of this very request perhaps among them.
    func restart(_ lab: String, downMilliseconds: Int, keepsJobs: Bool = true) async throws {
        let order = #"{"down_ms": \#(downMilliseconds), "keep": \#(keepsJobs)}"#
        do {
            _ = try await self.lab(lab, .POST, "/simulator/restart", json: order)
        } catch is HTTPClientError {
            // Cut before the answer: it has restarted all the same.
        }
    }
}
