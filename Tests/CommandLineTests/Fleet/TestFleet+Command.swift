// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation

extension TestFleet {
    /// Lends a fleet with a lab that is not there. Its queues are not declared, its schema is empty unless `isMigrated`.
    static func with(
        lab: LabAddress = .nowhere,
        isMigrated: Bool = true,
        _ body: (TestFleet) async throws -> Void
    ) async throws {
        try await with(
            labs: ["lab-a": lab],
            settings: [:],
            companions: [],
            tables: isMigrated ? .empty : .none,
            body
        )
    }

    /// Runs `muster` on this fleet.
    func muster(_ arguments: String..., input: String = "") async throws -> Program.Ending {
        try await Program(arguments: arguments, environment: environment, input: input).run()
    }

    /// Stores a jobset as ingest would and answers its id.
    func accept(jobs: Int) async throws -> String {
        let id = UUID()
        let entries = (0..<jobs).map { number in
            #"{"environment": "env-\#(number)", "backend": "lab-a", "definition": "device_type: sim"}"#
        }
        let text = #"{"build": "/g/p/1", "jobs": [\#(entries.joined(separator: ","))]}"#
        let document = try JobsetDocument.read(Array(text.utf8), limits: DocumentLimits(), knownBackends: ["lab-a"])
        try await store.registerBackends(["lab-a"])
        _ = try await store.acceptJobset(id: id, document: document)
        return id.uuidString.lowercased()
    }
}
