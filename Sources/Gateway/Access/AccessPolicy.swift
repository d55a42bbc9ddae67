// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore

/// Who is let in, and as whom.
struct AccessPolicy: Sendable {
    let store: FleetStore
    /// What anybody may read.
    let publicProjects: [ProjectScope]

    /// The caller with this token, or with none.
    ///
    /// - Throws: ``Refusal`` for a token that is unknown, expired or revoked: which of them is not told.
    func caller(token text: String?) async throws -> Caller {
        guard let text else { return .anonymous(publicProjects: publicProjects) }
        guard text.utf8.count <= TokenText.maximumLength,
            let token = try await store.useToken(hash: TokenText.hash(of: text))
        else { throw Refusal.unauthorized(isTokenBad: true) }
        return .token(token, publicProjects: publicProjects)
    }
}
