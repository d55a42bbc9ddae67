// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetRuntime
import Foundation
import TestSupport
import Testing

@Suite("Identity providers in the configuration")
struct IdentityProviderConfigurationTests {
    private static let environment = [
        "MUSTER_BROKER_URL": "amqp://localhost", "MUSTER_DATABASE_URL": "postgresql://localhost/muster",
    ]

    private static func load(_ gateway: String) throws -> FleetConfiguration {
        try FleetConfiguration.load(text: gateway, environment: environment)
    }

    @Test("The example of docs/identity-providers.md grants what the page says")
    func example() throws {
        let secret = FileManager.default.temporaryDirectory.appending(path: "secret-\(UUID().uuidString)")
        try Data("a secret".utf8).write(to: secret)
        defer { try? FileManager.default.removeItem(at: secret) }
        let page = try #require(try DocumentedCode.blocks(of: "docs/identity-providers.md", in: "yaml").first)
        let text = page.replacing("/etc/muster/company-client-secret", with: secret.path)
        let providers = try Self.load(text).gateway.identityProviders
        #expect(providers.map(\.name) == ["company", "gitlab"])
        #expect(providers.map(\.nameClaim) == ["email", "sub"])
        #expect(providers.map(\.label) == ["Example account", "gitlab"])
        #expect(providers[0].clientSecret?.reveal == "a secret")
        let ada = IdentityClaims(["email": .text("ada@example.com"), "groups": .list([.text("kernel-team")])])
        #expect(Self.granted(providers[0], ada) == ["*: read", "lkft/*: cancel read redeliver retry submit"])
        #expect(Self.granted(providers[0], IdentityClaims(["email": .text("eve@example.com.evil.org")])).isEmpty)
        let job = IdentityClaims(["project_path": .text("lkft/linux-next"), "ref_protected": .text("true")])
        #expect(Self.granted(providers[1], job) == ["lkft/linux-next: cancel read submit"])
        #expect(Self.granted(providers[1], IdentityClaims(["project_path": .text("lkft/linux-next")])).isEmpty)
    }

    private static func granted(_ provider: FleetConfiguration.IdentityProvider, _ claims: IdentityClaims) -> [String] {
        provider.grants.filter { $0.matches(claims) }.map(\.grant).map { grant in
            let projects = grant.projects.map(\.description).joined(separator: " ")
            return "\(projects): \(grant.abilities.map(\.rawValue).sorted().joined(separator: " "))"
        }
    }

    @Test(
        "What can't be meant is refused, with its place",
        arguments: [
            (
                #"{issuer: "http://id.example.com", audience: a, grants: {g: {claims: [a=b], projects: ["*"]}}}"#,
                "must be https"
            ),
            (
                #"{issuer: "https://id.example.com", grants: {g: {claims: [a=b], projects: ["*"]}}}"#,
                "neither client_id nor"
            ),
            (#"{issuer: "https://id.example.com", audience: a}"#, "has no grants"),
            (
                #"{issuer: "https://id.example.com", audience: a, grants: {g: {claims: [], projects: ["*"]}}}"#,
                "for everyone"
            ),
            (
                #"{issuer: "https://id.example.com", audience: a, grants: {g: {claims: ["a=*"], projects: ["*"]}}}"#,
                "more of the claim"
            ),
            (
                #"{issuer: "https://id.example.com", audience: a, grants: {g: {claims: [a=b], projects: [lkft]}}}"#,
                "group/project"
            ),
            (
                #"{issuer: "https://id.example.com", audience: a, grants: {g: {claims: [a=b], projects: ["*"], abilities: [fly]}}}"#,
                "must be one of read"
            ),
            (
                #"{issuer: "https://id.example.com", client_id: m, grants: {g: {claims: [a=b], projects: ["*"]}}}"#,
                "needs gateway.public_url"
            ),
            (
                #"{issuer: "https://id.example.com", client_id: m, audience: m, grants: {g: {claims: [a=b], projects: ["*"]}}}"#,
                "must differ from client_id"
            ),
            (
                #"{issuer: "https://id.example.com", audience: a, client_secret: hunter2, grants: {g: {claims: [a=b], projects: ["*"]}}}"#,
                "of no use without client_id"
            ),
        ]
    )
    func refused(section: String, reason: String) {
        let error = #expect(throws: ConfigurationFaults.self) {
            try Self.load("gateway: {identity_providers: {p: \(section)}}")
        }
        let words = error?.description ?? ""
        #expect(words.contains(reason) && words.contains("gateway.identity_providers.p"), "\(words)")
        #expect(!words.contains("hunter2"))
    }
}
