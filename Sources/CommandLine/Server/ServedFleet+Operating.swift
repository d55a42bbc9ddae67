// SPDX-License-Identifier: Apache-2.0

import Fleet
import NIOHTTP1

extension ServedFleet {
    func backends() async throws -> [Backend] { try await client.list(Backend.self, ["backends"]) }

    func pause(_ backend: String, reason: String?) async throws -> Backend {
        let body = reason.map { ["reason": $0] } ?? [:]
        let request = try ServerRequest(.POST, "backends", backend, "pause", body: body, isRepeatable: true)
        return try await client.ask(Backend.self, request)
    }

    func resume(_ backend: String) async throws -> Backend {
        let request = try ServerRequest(.POST, "backends", backend, "resume", isRepeatable: true)
        return try await client.ask(Backend.self, request)
    }

    func rejected(limit: Int) async throws -> [RejectedDocument] {
        try await client.list(RejectedDocument.self, ["rejected"], pageSize: 1_000, limit: limit)
    }

    func rejected(number: Int) async throws -> RejectedDocument {
        try await client.ask(RejectedDocument.self, ServerRequest(get: "rejected", "\(number)"))
    }

    func rejectedBody(number: Int) async throws -> [UInt8] {
        var request = ServerRequest(get: "rejected", "\(number)", "body")
        (request.extraTime, request.maximumBytes) = (.seconds(240), 256 << 20)
        return try await client.send(request).body
    }

    /// The most dead letters that the API lists.
    private static let listedDeadLetters = 1_000

    func deadLetters(limit: Int) async throws -> DeadLetterList {
        let query = [(name: "limit", value: "\(min(limit, Self.listedDeadLetters))")]
        return try await client.ask(DeadLetterList.self, ServerRequest(get: "dead-letters", query: query))
    }

    func requeue(_ selection: DeadLetterSelection) async throws -> HandledDeadLetters {
        try await client.ask(HandledDeadLetters.self, request("requeue", selection))
    }

    func drop(_ selection: DeadLetterSelection) async throws -> HandledDeadLetters {
        try await client.ask(HandledDeadLetters.self, request("drop", selection))
    }

    private func request(_ verb: String, _ selection: DeadLetterSelection) throws -> ServerRequest {
        // Asked again it would say of what it has moved that there is no such message.
        switch selection {
        case .all:
            try ServerRequest(.POST, "dead-letters", verb, body: ["all": true], isRepeatable: false)
        case .keys(let keys):
            try ServerRequest(.POST, "dead-letters", verb, body: ["keys": keys.sorted()], isRepeatable: false)
        }
    }

    func testHistory(of project: ProjectName, _ wanted: WantedHistory) async throws -> TestHistory {
        let query = [
            (name: "suite", value: wanted.suite), (name: "test", value: wanted.test),
            (name: "limit", value: "\(wanted.limit)"),
        ]
        return try await client.ask(
            TestHistory.self,
            ServerRequest(
                get: ["projects", project.group, project.project, "test-history"],
                query: query + (wanted.environment.map { [(name: "environment", value: $0)] } ?? [])
            )
        )
    }

    func knownIssues(of project: ProjectName) async throws -> [KnownIssue] {
        try await client.list(KnownIssue.self, ["projects", project.group, project.project, "known-issues"])
    }

    private struct Statement: Encodable {
        let environment, suite, test, reason: String
        let url, expires: String?
    }

    func addKnownIssue(_ wish: KnownIssueWish, to project: ProjectName) async throws -> KnownIssue {
        let (pattern, names) = (wish.pattern, (project.group, project.project))
        let body = Statement(
            environment: pattern.environment,
            suite: pattern.suite,
            test: pattern.test,
            reason: wish.reason,
            url: wish.url,
            expires: wish.expires
        )
        let request = try ServerRequest(
            .POST,
            "projects",
            names.0,
            names.1,
            "known-issues",
            body: body,
            isRepeatable: true
        )
        return try await client.ask(KnownIssue.self, request)
    }

    func removeKnownIssue(_ id: Int, of project: ProjectName) async throws -> KnownIssue {
        let request = try ServerRequest(
            .DELETE,
            "projects",
            project.group,
            project.project,
            "known-issues",
            "\(id)",
            isRepeatable: false
        )
        return try await client.ask(KnownIssue.self, request)
    }

    func tokens(ofIdentities: Bool) async throws -> [Token] {
        try await client.list(Token.self, ["tokens"], ofIdentities ? [("identities", "true")] : [])
    }

    /// Exchanges the ID token of a CI job for a token, which is in the answer this once.
    func exchange(_ idToken: ServerToken) async throws -> Token {
        let body = ["id_token": idToken.secret]
        let request = try ServerRequest(.POST, "token-exchange", body: body, isRepeatable: true)
        return try await client.ask(Token.self, request)
    }

    private struct Wish: Encodable {
        let name: String
        let projects: [String]
        let abilities: [String]
        let expiresDays: Int?

        private enum CodingKeys: String, CodingKey {
            case name, projects, abilities
            case expiresDays = "expires_days"
        }
    }

    func createToken(_ wish: TokenWish) async throws -> Token {
        let body = Wish(
            name: wish.name,
            projects: wish.projects.map(\.description),
            abilities: wish.abilities.map(\.rawValue).sorted(),
            expiresDays: wish.days
        )
        let request = try ServerRequest(.POST, "tokens", body: body, isRepeatable: false)
        return try await client.ask(Token.self, request)
    }

    func revokeToken(_ name: String) async throws -> RevokedTokens {
        let request = try ServerRequest(.DELETE, "tokens", name, isRepeatable: false)
        return try await client.ask(RevokedTokens.self, request)
    }

    func audit(_ filter: AuditFilter, limit: Int) async throws -> [AuditedChange] {
        let query = [("actor", filter.actor), ("action", filter.action), ("jobset", filter.jobset?.text)]
        return try await client.list(
            AuditedChange.self,
            ["audit"],
            query.compactMap { name, value in value.map { (name, $0) } },
            pageSize: 1_000,
            limit: limit
        )
    }

    func examine() async throws -> [Finding] { await ServerChecks(client: client).run() }
}
