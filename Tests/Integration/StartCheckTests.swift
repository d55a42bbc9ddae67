// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("The check of a configuration", .timeLimit(.minutes(5)))
struct StartCheckTests {
    /// The exit status after which the systemd unit of docs/operation.md does not restart a worker.
    private static let notToBeRestarted: Int32 = 78

    @Test(
        "--check refuses what a start refuses, with the same words and the same exit status",
        arguments: [
            ("MUSTER_DATABASE_URL", "postgres://u:hunter2@db.example/d?sslmode=maybe", "sslmode is disable, allow"),
            ("MUSTER_DATABASE_URL", "postgres://u:hunter2@/d", "names no host"),
            ("MUSTER_DATABASE_URL", "postgres://u:hunter2@a,b:7/d?port=1,2,3", "hosts and"),
            ("MUSTER_BROKER_URL", "amqp://u:hunter2@broker.example/?heartbeat=10", "no query"),
        ]
    )
    func alike(variable: String, value: String, words: String) async throws {
        try await TestFleet.with(labs: [:], settings: [:], companions: []) { fleet in
            for program in ["muster-ingest", "muster-watcher", "muster-gateway"] {
                var outputs: [String] = []
                for arguments in [["--check"], []] {
                    let process = try fleet.launch(program, arguments: arguments, environment: [variable: value])
                    try await process.waitUntilExit()
                    #expect(process.exitStatus == Self.notToBeRestarted, "\(program) \(arguments)")
                    #expect(process.output.contains(words), "\(process.output)")
                    #expect(!process.output.contains("hunter2"))
                    outputs.append(process.output)
                }
                #expect(outputs[0] == outputs[1])
            }
        }
    }
}
