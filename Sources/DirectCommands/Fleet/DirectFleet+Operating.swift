// SPDX-License-Identifier: Apache-2.0

import CommandLine
import Fleet
import FleetOperations
import FleetQueues
import FleetRuntime
import FleetStore
import Foundation

extension DirectFleet {
    func backends() async throws -> [Backend] {
        try await access.withStore { try await backends(in: $0) }
    }

    func pause(_ backend: String, reason: String?) async throws -> Backend {
        try await operate { fleet, actor in
            try await fleet.pause(backend, reason: Author.reason(reason), by: actor)
            return try await self.backend(backend, in: fleet.store)
        }
    }

    func resume(_ backend: String) async throws -> Backend {
        try await operate { fleet, actor in
            try await fleet.resume(backend, by: actor)
            return try await self.backend(backend, in: fleet.store)
        }
    }

    private func backends(in store: FleetStore) async throws -> [Backend] {
        Backend.all(
            configured: access.configuration.backends.mapValues(\.url),
            known: try await store.backendStatuses()
        )
    }

    private func backend(_ name: String, in store: FleetStore) async throws -> Backend {
        let all = try await backends(in: store)
        guard let backend = all.first(where: { $0.name == name }) else {
            throw FleetRefusal.noSuchBackend(name: name, known: all.map(\.name))
        }
        return backend
    }

    func rejected(limit: Int) async throws -> [RejectedDocument] {
        try await access.withStore { try await $0.rejectedDocuments(limit: limit) }
    }

    func rejected(number: Int) async throws -> RejectedDocument {
        guard let document = try await access.withStore({ try await $0.rejectedDocument(id: number) }) else {
            throw FleetRefusal.noSuchDocument(number: number)
        }
        return document
    }

    func rejectedBody(number: Int) async throws -> [UInt8] {
        guard let body = try await access.withStore({ try await $0.rejectedBody(id: number) }) else {
            throw FleetRefusal.noSuchDocument(number: number)
        }
        return body
    }

    func deadLetters(limit: Int) async throws -> DeadLetterList {
        let (letters, total) = try await access.withSession { session in
            let dead = DeadLetters(session: session, topology: access.topology)
            guard let total = try await dead.count() else { return ([DeadLetter](), 0) }
            return (try await dead.list(limit: limit), total)
        }
        return DeadLetterList(letters, total: total)
    }

    func requeue(_ selection: DeadLetterSelection) async throws -> HandledDeadLetters {
        let requeued = try await access.withSession { session in
            try await DeadLetters(session: session, topology: access.topology).requeue(selection)
        }
        return HandledDeadLetters(requeued.moved, left: requeued.homeless, asked: selection.keys)
    }

    func drop(_ selection: DeadLetterSelection) async throws -> HandledDeadLetters {
        let dropped = try await access.withSession { session in
            try await DeadLetters(session: session, topology: access.topology).drop(selection)
        }
        return HandledDeadLetters(dropped, asked: selection.keys)
    }

    func testHistory(of project: ProjectName, _ wanted: WantedHistory) async throws -> TestHistory {
        try await access.withStore { store in
            try await store.testHistory(
                of: project.group,
                project.project,
                suite: wanted.suite,
                test: wanted.test,
                environment: wanted.environment,
                limit: wanted.limit
            )
        }
    }

    func knownIssues(of project: ProjectName) async throws -> [KnownIssue] {
        access.configuration.knownIssues.issues(of: project.description, includingExpired: true)
            + (try await access.withStore { try await $0.knownIssues(of: project.group, project.project) })
    }

    func addKnownIssue(_ wish: KnownIssueWish, to project: ProjectName) async throws -> KnownIssue {
        try await operate { try await $0.addKnownIssue(wish, to: project.group, project.project, by: $1) }
    }

    func removeKnownIssue(_ id: Int, of project: ProjectName) async throws -> KnownIssue {
        try await operate { try await $0.removeKnownIssue(id, of: project.group, project.project, by: $1) }
    }

    func tokens(ofIdentities: Bool) async throws -> [Token] {
        try await access.withStore { store in
            ofIdentities ? try await store.identityTokens(limit: Token.maximumListed) : try await store.tokens()
        }.map { Token($0) }
    }

    func createToken(_ wish: TokenWish) async throws -> Token {
        let (token, text) = try await operate { try await $0.createToken(wish, by: $1) }
        return Token(token, text: text)
    }

    func revokeToken(_ name: String) async throws -> RevokedTokens {
        RevokedTokens(revoked: try await operate { try await $0.revokeToken(name, by: $1) })
    }

    func audit(_ filter: AuditFilter, limit: Int) async throws -> [AuditedChange] {
        try await access.withStore { try await $0.audit(filter, limit: limit) }
    }

    func examine() async -> [Finding] {
        async let broker = BrokerChecks(access: access).run()
        async let database = DatabaseChecks(access: access).run()
        async let backends = BackendChecks(access: access).run()
        async let retention = RetentionChecks(access: access).run()
        async let mail = MailChecks(configuration: access.configuration.mail).run()
        return ConfigurationChecks.run(access.configuration) + (await broker) + (await database) + (await retention)
            + (await backends) + (await mail)
    }
}
