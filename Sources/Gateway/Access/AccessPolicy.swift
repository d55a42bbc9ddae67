// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore

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
