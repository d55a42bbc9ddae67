// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

@testable import CommandLine

@Suite("The token for a server")
struct ServerTokenTests {
    private static let id = "6f1c0000-0000-4000-8000-00000000002a"

    @Test("One that is unknown, expired or missing, or may not do it, is 2 and says so")
    func refused() async throws {
        try await TestFleet.with { fleet in
            try await fleet.withGateway { gateway, token in
                let unknown = try await served(
                    gateway.url,
                    token: "muster_" + String(repeating: "x", count: 43),
                    ["ls"]
                )
                .run()
                #expect(unknown.status == 2)
                #expect(unknown.errors.contains("the server rejects the token"))
                let none = try await served(gateway.url, ["status", Self.id]).run()
                #expect(none.status == 2)
                #expect(none.errors.contains("the server requires a token"))
                let reader = try await fleet.token(can: [.read])
                let id = try await fleet.accept(jobs: 1)
                let cancel = try await served(gateway.url, token: reader, ["cancel", id]).run()
                #expect(cancel.status == 2)
                #expect(cancel.errors.contains("does not have the ability cancel in g/p"))
                let other = try await fleet.token(["other/*"])
                let hidden = try await served(gateway.url, token: other, ["status", id]).run()
                #expect(hidden.status == 2)
                #expect(hidden.errors.contains("there is no jobset \(id)"))
                _ = try await fleet.postgres.execute("update token set expires_at = now() - interval '1 hour'")
                try await gateway.restart()
                let expired = try await served(gateway.url, token: token, ["ls"]).run()
                #expect(expired.status == 2)
                #expect(expired.errors.contains("unknown, expired or revoked"))
            }
        }
    }

    @Test("It comes from the command line before or behind the verb, a file or the environment, in this order")
    func sources() async throws {
        try await TestFleet.with { fleet in
            try await fleet.withGateway { gateway, token in
                let wrong = ["MUSTER_TOKEN": "wrong"]
                for arguments in [
                    ["--server", gateway.url, "--token", token, "ls"],
                    ["--server=\(gateway.url)", "ls", "--token", token],
                    ["ls", "--server", gateway.url, "--token", token],
                ] {
                    let ending = try await Program(arguments: arguments, environment: wrong).run()
                    #expect(ending.status == 0, "\(arguments): \(ending.errors)")
                }
                try await fleet.withFile("\(token)\n", name: "token") { path in
                    let ending = try await Program(
                        arguments: ["ls", "--server", gateway.url, "--token-file", path],
                        environment: wrong
                    ).run()
                    #expect(ending.status == 0, "\(ending.errors)")
                }
            }
        }
    }

    @Test("No output has it, not even with --verbose, and doctor says whose it is")
    func neverShown() async throws {
        try await TestFleet.with { fleet in
            try await fleet.withGateway { gateway, token in
                for arguments in [["doctor"], ["ls"], ["status", Self.id], ["token", "list"]] {
                    let ending = try await served(gateway.url, token: token, arguments + ["--verbose"]).run()
                    #expect(!ending.output.contains(token) && !ending.errors.contains(token))
                    #expect(ending.errors.contains("asked the server"))
                    if arguments == ["doctor"] {
                        #expect(ending.status == 0)
                        let abilities = "can read, submit, watch, report, cancel, retry, redeliver, operate in *"
                        #expect(ending.output.contains(abilities))
                    }
                }
                let bad = try await served(gateway.url, token: "hunter2 hunter2", ["ls"]).run()
                #expect(bad.status == 2)
                #expect(bad.errors.contains("MUSTER_TOKEN does not contain a token"))
                #expect(!bad.errors.contains("hunter2"))
            }
        }
    }

    @Test("It is masked wherever it is described")
    func masked() throws {
        let token = try ServerToken("hunter2", from: "a test")
        var dumped = ""
        dump(token, to: &dumped)
        #expect(!"\(token) \(String(reflecting: token)) \(dumped)".contains("hunter2"))
        #expect(token.masked("Bearer hunter2!") == "Bearer <token>!")
    }
}
