// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetRuntime
import FleetStore
import Foundation
import Logging
import ServiceLifecycle
import Synchronization

/// Finds the holder of a token, and takes the request from somebody's allowance before the database is asked for anything.
///
/// A good token has an allowance of its own, which nobody else can use up; any other counts against the address that it
/// comes from, as a guess. Every door at which a token is shown asks here.
struct TokenCheck: Sendable {
    let access: AccessPolicy
    let allowances: Allowances

    /// Whether a token was good when last seen.
    func isKnown(_ text: String) -> Bool { access.known.id(of: TokenText.hash(of: text)) != nil }

    /// The holder of a token, whose allowance the request counts against; `nil` for one that is not good, which has been
    /// counted as a guess.
    ///
    /// - Throws: ``Refusal`` 429.
    func holder(of text: String, from address: String?) async throws -> Caller? {
        guard text.utf8.count <= TokenText.maximumLength else {
            try allowances.take(from: address)
            return nil
        }
        let hash = TokenText.hash(of: text)
        let known = try charge(hash, from: address)
        if let caller = try await access.caller(hash: hash) {
            if known == nil, let id = caller.tokenID {
                access.known.add(hash, id)
                allowances.giveBack(to: address)
                try allowances.take(token: id)
            }
            return caller
        }
        if known != nil {
            access.known.remove(hash)
            try allowances.take(from: address)
        }
        return nil
    }

    /// Counts a request whose token says nothing of who makes it.
    ///
    /// - Throws: ``Refusal`` 429.
    func charge(_ text: String, from address: String?) throws(Refusal) {
        _ = try charge(TokenText.hash(of: text), from: address)
    }

    /// - Returns: the token's row, if it was good when last seen.
    private func charge(_ hash: [UInt8], from address: String?) throws(Refusal) -> UUID? {
        guard let id = access.known.id(of: hash) else {
            try allowances.take(from: address)
            return nil
        }
        try allowances.take(token: id)
        return id
    }
}

/// Who is let in, and as whom.
struct AccessPolicy: Sendable {
    let store: FleetStore
    /// What anybody may read.
    let publicProjects: [ProjectScope]
    /// The tokens that were good when this gateway last saw them.
    let known = KnownTokens()

    /// Nobody in particular.
    var anonymous: Caller { .anonymous(publicProjects: publicProjects) }

    /// The holder of a token; nil for one that is unknown, expired or revoked: which of them is not told.
    func caller(token text: String) async throws -> Caller? {
        guard text.utf8.count <= TokenText.maximumLength else { return nil }
        return try await caller(hash: TokenText.hash(of: text))
    }

    /// The holder of the token with this hash.
    func caller(hash: [UInt8]) async throws -> Caller? {
        guard let token = try await store.useToken(hash: hash) else { return nil }
        return .token(token, publicProjects: publicProjects)
    }
}

/// The good tokens, by their hashes, as this gateway has last seen them: so that it is known whose allowance a request
/// counts against before anybody asks the database.
///
/// It lets nobody in. A token that is not in it counts against the address that it comes from, as a guess does.
final class KnownTokens: Sendable {
    /// The most tokens that are remembered: 100 bytes each.
    static let maximum = 100_000

    private let ids = Mutex<[[UInt8]: UUID]>([:])

    /// The row of the token with this hash.
    func id(of hash: [UInt8]) -> UUID? { ids.withLock { $0[hash] } }

    /// Remembers a good one; beyond the most that are remembered, all others are forgotten.
    func add(_ hash: [UInt8], _ id: UUID) {
        ids.withLock { ids in
            // Many of them may have ended unused. Good ones are learned again.
            if ids.count >= Self.maximum, ids[hash] == nil { ids = [:] }
            ids[hash] = id
        }
    }

    /// Forgets one that is good no more.
    func remove(_ hash: [UInt8]) { _ = ids.withLock { $0.removeValue(forKey: hash) } }
}

/// Learns which tokens are good, so that a flood of bad ones from an address does not touch a good one that was never
/// used here. One that is revoked is forgotten when it is used next.
struct TokenRefresh: Service {
    let store: FleetStore
    let known: KnownTokens
    /// How often it looks for new ones.
    let interval: Duration
    let logger: Logger

    /// How far a look goes back before the last: longer than it takes to make a token.
    private static let overlap = Duration.seconds(60)

    func run() async throws {
        var last: ContinuousClock.Instant?
        await repeatUntilShutdown(every: interval, logger: logger, "the look for new tokens") {
            let now = ContinuousClock.now
            let age = last.map { now - $0 + Self.overlap }
            for (hash, id) in try await store.goodTokens(youngerThan: age, limit: KnownTokens.maximum) {
                known.add(hash, id)
            }
            last = now
        }
    }
}
