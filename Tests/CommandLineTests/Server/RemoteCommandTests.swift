// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import TestSupport
import Testing

@Suite("muster for machines that reach a fleet over its gateway only")
struct RemoteCommandTests {
    private static let document =
        #"{"build": "/g/p/1", "jobs": [{"environment": "e", "backend": "lab-a", "definition": "device_type: sim"}]}"#

    /// The shared libraries that a program loads.
    private func libraries(of build: Program.Build) throws -> String {
        let output = Pipe()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/ldd")
        process.arguments = [build.url.path]
        process.standardOutput = output
        try process.run()
        let lines = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return lines
    }

    @Test("It loads none of the clients of broker, database and mail server", arguments: ["rabbitmq", "pq", "curl"])
    func libraries(name: String) throws {
        #expect(try libraries(of: .full).contains("lib\(name)"))
        #expect(try !libraries(of: .remote).contains("lib\(name)"))
    }

    @Test("Without a server it asks for one, and speaks of no configuration")
    func noServer() async throws {
        let ending = try await Program(arguments: ["ls"], build: .remote).run()
        #expect(ending.status == 2)
        #expect(
            ending.errors == """
                muster: no server is given
                  set MUSTER_SERVER or --server to the address of the fleet's gateway

                """
        )
        let configured = try await Program(arguments: ["ls", "--config", "/etc/muster/muster.yaml"], build: .remote)
            .run()
        #expect(configured.status == 2)
        #expect(configured.errors.contains("reads no configuration; use --server or MUSTER_SERVER"))
    }

    @Test("Its help has no option or verb that needs the fleet's own machines")
    func help() async throws {
        for arguments in [["--help"], ["submit", "--help"]] {
            let full = try await Program(arguments: arguments).run()
            let remote = try await Program(arguments: arguments, build: .remote).run()
            #expect(remote.status == 0)
            for word in ["--config", "MUSTER_CONFIG", "migrate  "] {
                #expect(!remote.output.contains(word), "\(arguments)")
            }
            #expect(full.output.contains("--config"))
            #expect(remote.output.contains("--server") || remote.output.contains("MUSTER_SERVER"))
        }
        let version = try await Program(arguments: ["--version"], build: .remote).run()
        #expect(version.output.hasSuffix("over HTTPS only\n"))
    }

    @Test(
        "A verb that needs them is refused with 2 and says why",
        arguments: [["migrate"], ["callback", "key"], ["prune"], ["--server", "https://127.0.0.1:1", "prune"]]
    )
    func ownMachines(arguments: [String]) async throws {
        let ending = try await Program(arguments: arguments, build: .remote).run()
        #expect(ending.status == 2)
        #expect(ending.errors.contains("works only on the fleet's own machines"))
        #expect(ending.errors.contains("this build of muster works over HTTPS only"))
    }

    @Test("It submits, lists, shows and cancels as the full one does")
    func sameOutput() async throws {
        try await TestFleet.with { fleet in
            try await fleet.withIngest {
                try await fleet.withGateway { gateway, token in
                    func run(_ arguments: [String], by build: Program.Build) async throws -> Program.Ending {
                        try await served(gateway.url, token: token, arguments, input: Self.document, by: build).run()
                    }
                    let submitted = try await run(["submit", "-"], by: .remote)
                    #expect(submitted.status == 0, "\(submitted.errors)")
                    let id = submitted.output.trimmingCharacters(in: .newlines)
                    let verbs = [
                        ["submit", "-"], ["status", id], ["ls"], ["jobs", id], ["job", id, "0"], ["results", id],
                        ["report", id], ["deliveries", id], ["backends"], ["rejected"], ["dead", "list"],
                        ["doctor"], ["cancel", id, "--reason", "enough"], ["wait", id],
                        ["status", "6f1c0000-0000-4000-8000-00000000002a"],
                        ["cancel", id],
                    ]
                    for verb in verbs {
                        let remote = try await run(verb, by: .remote)
                        // What is done once can't be asked again.
                        guard verb.last != "enough" else {
                            #expect(remote.status == 0, "\(remote.errors)")
                            continue
                        }
                        let full = try await run(verb, by: .full)
                        #expect(remote.status == full.status, "\(verb): \(remote.errors)")
                        #expect(remote.output == full.output, "\(verb)")
                        #expect(remote.errors == full.errors, "\(verb)")
                    }
                }
            }
        }
    }
}
