// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import FleetStore
package import Foundation

extension FleetOperations {
    /// Makes a token. One that another makes can do no more than that, and lasts no longer.
    ///
    /// - Returns: the token as it is kept, and its text, which is kept nowhere.
    /// - Throws: `FleetRefusal`; `TokenTooWeak`.
    package func createToken(_ wish: TokenWish, by actor: Actor) async throws -> (token: TokenStatus, text: String) {
        try await note("create token", detail: ["name": wish.name], by: actor)
        let text = TokenText.make()
        let token = try await store.createToken(
            name: wish.name,
            hash: TokenText.hash(of: text),
            projects: wish.projects,
            abilities: wish.abilities,
            createdBy: actor.name,
            parent: actor.credential?.token,
            expiresAfter: wish.days.map { .seconds($0 * 86_400) }
        )
        return (token, text)
    }

    /// Makes a token for somebody whom an identity provider vouches for.
    ///
    /// - Parameter action: What the audit calls it.
    /// - Returns: the token as it is kept, and its text, which is kept nowhere.
    /// - Throws: `TooManyTokens`.
    package func createToken(
        of holder: TokenHolder,
        grants: [Permissions.Grant],
        lifetime: Duration,
        _ action: String,
        by actor: Actor
    ) async throws -> (token: TokenStatus, text: String) {
        try await note(action, detail: ["provider": holder.provider, "subject": holder.subject], by: actor)
        let text = TokenText.make()
        let token = try await store.createToken(
            of: holder,
            hash: TokenText.hash(of: text),
            grants: grants,
            expiresAfter: lifetime
        )
        return (token, text)
    }

    /// Ends the token of somebody who signs out. It is not revoked: their next sign-in is as good as the last.
    package func endToken(_ id: UUID, by actor: Actor) async throws {
        try await note("sign out", by: actor)
        try await store.endIdentityToken(id)
    }

    /// Takes a token back, with all that it made.
    ///
    /// - Returns: their names, its own first.
    /// - Throws: `FleetRefusal`, also for a token that can do more than the actor's.
    package func revokeToken(_ name: String, by actor: Actor) async throws -> [String] {
        try await note("revoke token", detail: ["name": name], by: actor)
        return try await store.revokeToken(name, by: actor.credential?.abilities)
    }
}
