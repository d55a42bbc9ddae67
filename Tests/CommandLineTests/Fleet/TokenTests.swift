// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Testing

@Suite("muster token")
struct TokenTests {
    @Test("A token is shown once, listed without itself, and is good for nothing once it is revoked")
    func life() async throws {
        try await TestFleet.with { fleet in
            let made = try await fleet.muster(
                "token",
                "create",
                "ci",
                "--project",
                "g/p",
                "--project",
                "h/*",
                "--can",
                "read,cancel"
            )
            #expect(made.status == 0)
            let text = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
            #expect(text.hasPrefix(TokenText.prefix))
            let token = try #require(try await fleet.store.useToken(hash: TokenText.hash(of: text)))
            #expect(token.projects.map(\.description) == ["g/p", "h/*"])
            #expect(token.abilities == [.read, .cancel])
            let listed = try await fleet.muster("token", "list", "--output", "json")
            #expect(listed.output.contains("\"state\" : \"good\""))
            #expect(!listed.output.contains(text))
            let again = try await fleet.muster("token", "create", "ci", "--project", "*")
            #expect(again.status == 2)
            #expect(try await fleet.muster("token", "revoke", "ci").status == 0)
            #expect(try await fleet.muster("token", "revoke", "ci").status == 2)
            #expect(try await fleet.store.useToken(hash: TokenText.hash(of: text)) == nil)
            #expect(try await fleet.muster("token", "list").output.contains("revoked"))
        }
    }

    @Test(
        "What makes no sense is refused",
        arguments: [
            ["x"], ["x", "--project", "nonsense"], ["x", "--project", "g/p", "--can", "fly"],
            ["x", "--project", "g/p", "--expires-days", "0"], ["", "--project", "g/p"],
        ]
    )
    func usage(arguments: [String]) async throws {
        try await TestFleet.with { fleet in
            let all = ["token", "create"] + arguments
            let ending = try await Program(arguments: all, environment: fleet.environment, input: "").run()
            #expect(ending.status == 2)
            let tokens = try await fleet.store.tokens()
            #expect(tokens.isEmpty)
        }
    }
}
