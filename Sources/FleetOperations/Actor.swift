// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation

/// Who asks for an operation.
package struct Actor: Sendable {
    /// What others are told: a token's name, or the login name of somebody on the fleet's own machines.
    package let name: String
    /// What it asks with over HTTP; `nil`: it works on the fleet's own machines, and nothing is above it.
    let credential: Credential?

    /// What somebody asks with over HTTP, and where that is written down.
    package struct Credential: Sendable {
        let token: UUID?
        let abilities: Set<Ability>
        let address: String?
        let trail: AuditTrail
        /// What there is to say of each of its requests, such as where it was asked for.
        let remarks: [String: String]
    }

    /// Somebody on the fleet's own machines.
    package init(name: String) {
        self.name = name
        credential = nil
    }

    /// Somebody who asks over HTTP.
    package init(
        name: String,
        token: UUID?,
        abilities: Set<Ability>,
        address: String?,
        trail: AuditTrail,
        remarks: [String: String] = [:]
    ) {
        self.name = name
        credential = Credential(token: token, abilities: abilities, address: address, trail: trail, remarks: remarks)
    }

    /// A reason with the name of whoever gave it; the name alone where none was given.
    package func signed(_ reason: String?) -> String {
        guard let reason, !reason.allSatisfy(\.isWhitespace) else { return "by \(name)" }
        return "\(reason) (\(name))"
    }
}
