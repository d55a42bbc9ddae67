// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("The check of a configuration", .timeLimit(.minutes(10)))
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
            ("MUSTER_BROKER_URL", "amqp://u:hunter2@a,,b/", "an empty host"),
            (
                "MUSTER_DATABASE_URL", "postgres://u:hunter2@h/d?sslmode=verify-ca&sslrootcert=/none.pem",
                "does not exist"
            ),
            ("MUSTER_DATABASE_URL", "postgres://u:hunter2@h/d?sslmode=require&sslcert=/none.pem", "does not exist"),
            ("MUSTER_BROKER_KEY_FILE", "/none.pem", "without broker.certificate_file"),
            ("MUSTER_BROKER_CERTIFICATE_FILE", "/none.pem", "is of no use without TLS"),
        ]
    )
    func alike(variable: String, value: String, words: String) async throws {
        try await TestFleet.with(labs: [:], settings: [:], companions: []) { fleet in
            for program in ["muster-ingest", "muster-watcher", "muster-gateway"] {
                try await Self.refuses(program, [variable: value], words, in: fleet)
            }
        }
    }

    @Test("--check and a start refuse the same files of TLS, and what only their worker needs")
    func files() async throws {
        let lab = TestFleet.LabAddress.nowhere
        try await TestFleet.with(labs: ["lab-a": lab], settings: [:], companions: []) { fleet in
            let tls = ["MUSTER_BROKER_URL": "amqps://u:hunter2@localhost:1/"]
            for (program, environment, words) in [
                ("muster-ingest", ["MUSTER_BROKER_CA_FILE": "/none.pem"], "broker.ca_file can't be used"),
                ("muster-notifier", ["MUSTER_BROKER_CERTIFICATE_FILE": "/none.pem"], "broker.certificate_file can't"),
                ("muster-submitter", ["MUSTER_BACKENDS_LAB_A_CA_FILE": "/none.pem"], "backends.lab-a.ca_file can't"),
                ("muster-watcher", ["MUSTER_BACKENDS_LAB_A_CA_FILE": "/none.pem"], "backends.lab-a.ca_file can't"),
                ("muster-notifier", ["MUSTER_CALLBACK_CA_FILE": "/none.pem"], "callback.ca_file names a file"),
                ("muster-gateway", ["MUSTER_GATEWAY_LISTEN": "off"], "gateway.listen is off"),
            ] {
                let isOfBroker = environment.keys.contains { $0.hasPrefix("MUSTER_BROKER") }
                let all = isOfBroker ? environment.merging(tls) { $1 } : environment
                try await Self.refuses(program, all, words, in: fleet)
            }
        }
    }

    /// Whether `--check` and a start say the same.
    private static func refuses(
        _ program: String,
        _ environment: [String: String],
        _ words: String,
        in fleet: TestFleet
    ) async throws {
        var outputs: [String] = []
        for arguments in [["--check"], []] {
            let process = try fleet.launch(program, arguments: arguments, environment: environment)
            try await process.waitUntilExit()
            #expect(process.exitStatus == notToBeRestarted, "\(program) \(arguments)")
            #expect(process.output.contains(words), "\(process.output)")
            #expect(!process.output.contains("hunter2"))
            outputs.append(process.output)
        }
        #expect(outputs[0] == outputs[1])
    }
}
