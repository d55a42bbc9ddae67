// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation

/// Somebody whom an identity provider vouches for.
package struct Identity: Sendable, Equatable {
    /// The provider's name in the configuration.
    package let provider: String
    /// The provider's own name for it, which never goes to anybody else: the claim `sub`.
    package let subject: String
    /// What people call it.
    package let name: String
    /// What it can do; never empty.
    package let grants: [Permissions.Grant]
    /// When the provider has said so.
    package let issuedAt: Date

    /// What it is called in lists and in the audit log.
    package var title: String { "\(name) (\(provider))" }
}
