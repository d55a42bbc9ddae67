// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import NIOHTTP1
import Testing

@Suite("Tokens that tokens made")
struct TokenLineTests {
    private static let path = "/api/v1/tokens"

    @Test("What is revoked takes with it all that it made, and nothing else")
    func line() async throws {
        try await TestGateway.with { gateway in
            let root = try await gateway.token(["*"])
            let parent = try await Self.make("parent", ["read", "operate"], by: root, gateway)
            let sibling = try await Self.make("sibling", ["read"], by: root, gateway)
            let child = try await Self.make("child", ["read", "operate"], by: parent, gateway)
            let grandchild = try await Self.make("grandchild", ["read"], by: child, gateway)
            let line = [parent, child, grandchild]
            for token in line { #expect(try await gateway.ask(.GET, "/api/v1/caller", token: token).status == 200) }
            let revoked = try await gateway.ask(.DELETE, "\(Self.path)/parent", token: root)
            #expect(try revoked.json()["revoked"] as? [String] == ["parent", "child", "grandchild"])
            for token in line { #expect(try await gateway.ask(.GET, "/api/v1/caller", token: token).status == 401) }
            for token in [root, sibling] {
                #expect(try await gateway.ask(.GET, "/api/v1/caller", token: token).status == 200)
            }
            // The operator's own command does the same, from the top.
            let names = try await gateway.store.tokens().filter { $0.parent == nil }.map(\.name)
            #expect(try await gateway.store.revokeToken(try #require(names.first)) == [names[0], "sibling"])
            #expect(try await gateway.ask(.GET, "/api/v1/caller", token: sibling).status == 401)
        }
    }

    @Test("A token lasts no longer than the one that made it, and can no more")
    func bounds() async throws {
        try await TestGateway.with { gateway in
            let parent = try await gateway.token(["*"], can: [.read, .operate], lifetime: .seconds(3_600))
            let child = try await Self.make("child", ["read", "operate"], by: parent, gateway)
            _ = try await Self.make("grandchild", ["read"], by: child, gateway)
            let tokens = try await gateway.store.tokens()
            let end = try #require(tokens.first { $0.name.hasPrefix("t-") }?.expiresAt)
            #expect(tokens.allSatisfy { $0.expiresAt == end })
            let id = try #require(tokens.first { $0.name == "child" }?.id)
            // Whatever a gateway believes, the row of the one that makes it is what counts.
            await #expect(throws: TokenTooWeak.self) {
                try await gateway.store.createToken(
                    name: "strong",
                    hash: TokenText.hash(of: "strong"),
                    projects: [.all],
                    abilities: [.cancel],
                    createdBy: "child",
                    parent: id,
                    expiresAfter: nil
                )
            }
            _ = try await gateway.store.revokeToken("child")
            await #expect(throws: TokenTooWeak.self) {
                try await gateway.store.createToken(
                    name: "late",
                    hash: TokenText.hash(of: "late"),
                    projects: [.all],
                    abilities: [.read],
                    createdBy: "child",
                    parent: id,
                    expiresAfter: nil
                )
            }
        }
    }

    @Test("Nobody revokes a token that can more than his own")
    func strongerToken() async throws {
        try await TestGateway.with { gateway in
            let operate = try await gateway.token(["*"], can: [.operate])
            let root = try await gateway.token(["*"])
            _ = try await Self.make("reader", ["read"], by: root, gateway)
            let refused = try await gateway.ask(.DELETE, "\(Self.path)/reader", token: operate)
            #expect(refused.status == 403)
            #expect(refused.text.contains("ability read"))
            #expect(try await gateway.ask(.DELETE, "\(Self.path)/reader", token: root).status == 200)
            for name in ["anonymous", "Anonymous", "an0nymous"] {
                let body = #"{"name": "\#(name)", "projects": ["g/p"]}"#
                #expect(try await gateway.ask(.POST, Self.path, token: root, body).status == 400)
            }
        }
    }

    /// Makes a token over HTTP.
    private static func make(
        _ name: String,
        _ abilities: [String],
        by token: String,
        _ gateway: TestGateway
    ) async throws -> String {
        let list = abilities.map { "\"\($0)\"" }.joined(separator: ", ")
        let body = #"{"name": "\#(name)", "projects": ["*"], "abilities": [\#(list)]}"#
        let made = try await gateway.ask(.POST, path, token: token, body)
        return try #require(try made.text("token"), "\(made.text)")
    }
}
