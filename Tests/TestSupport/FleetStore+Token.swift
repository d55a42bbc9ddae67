// SPDX-License-Identifier: Apache-2.0

package import Fleet
import FleetStore
import Foundation

extension FleetStore {
    /// A new token, which may do everything everywhere unless told otherwise.
    package func newToken(
        _ projects: [String] = ["*"],
        can abilities: Set<Ability> = Set(Ability.allCases),
        lifetime: Duration? = nil
    ) async throws -> String {
        let text = TokenText.make()
        _ = try await createToken(
            name: "t-\(UUID().uuidString)",
            hash: TokenText.hash(of: text),
            projects: projects.compactMap { ProjectScope($0) },
            abilities: abilities,
            createdBy: "tests",
            expiresAfter: lifetime
        )
        return text
    }
}
