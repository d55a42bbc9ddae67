// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetQueues
import FleetStore
import Foundation
import Testing

/// What is sent to a fleet, and what is waited for.
extension TestFleet {
    /// A definition that a simulated lab runs as said. A lab fails on one with a device tag that it does not know.
    static func definition(
        _ metadata: [String: String] = [:],
        deviceType: String = "sim",
        name: String = "job",
        tag: String? = nil
    ) -> String {
        let lines = metadata.sorted { $0.key < $1.key }.map { "  \($0.key): \"\($0.value)\"\n" }.joined()
        return """
            device_type: \(deviceType)
            job_name: \(name)
            visibility: public
            priority: medium
            timeouts: {job: {minutes: 5}, action: {minutes: 5}, connection: {minutes: 1}}
            \(tag.map { "tags: [\($0)]\n" } ?? "")\(metadata.isEmpty ? "" : "metadata:\n\(lines)")actions:
            - boot: {method: qemu, media: tmpfs}
            """
    }

    func document(
        _ definitions: [String],
        backends: [String] = ["lab-a"],
        version: String = "1",
        callback: Bool = true,
        emptyJobs: EmptyJobs = .pass,
        retries: Int? = nil
    ) throws -> [UInt8] {
        var document: [String: Any] = [
            "build": "/group/project/\(version)",
            // What most of them run has no tests.
            "empty_jobs": emptyJobs.rawValue,
            "jobs": definitions.enumerated().map { index, definition in
                [
                    "environment": "env-\(index % 4)", "backend": backends[index % backends.count],
                    "definition": definition,
                ]
            },
        ]
        if callback { document["callback_url"] = receiver.url }
        if let retries { document["retries"] = retries }
        return Array(try JSONSerialization.data(withJSONObject: document, options: [.sortedKeys]))
    }

    @discardableResult
    func publish(_ document: [UInt8], id: UUID = UUID()) async throws -> UUID {
        try await publisher.publish(jobset: document, id: id, replyTo: nil, correlationID: nil)
        return id
    }

    func waitUntilFinished(_ id: UUID, within limit: Duration = patience) async throws -> Jobset {
        try await eventually(within: limit, "jobset \(id) to finish") {
            try await self.store.jobset(id: id)?.state == .finished
        }
        return try #require(try await store.jobset(id: id))
    }

    func waitForCallback(of id: UUID) async throws {
        try await eventually("the callback of \(id)") {
            try await self.store.deliveries(of: id).allSatisfy { $0.state == "delivered" }
        }
    }
}
