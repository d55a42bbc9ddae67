// SPDX-License-Identifier: Apache-2.0

/// Why an ID token, or a sign-in, leads to nobody.
package enum IdentityFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// The token is not one that is accepted; a phrase after "the ID token".
    case unacceptable(String)
    /// The token is good, and no grant is for it.
    case noGrant(provider: String, subject: String)
    /// The provider refuses; a phrase after its name.
    case refused(provider: String, reason: String)
    /// The provider can't be used at present; a phrase after its name.
    case unavailable(provider: String, reason: String)

    package var description: String {
        switch self {
        case .unacceptable(let reason): "The ID token \(reason)."
        case .noGrant(let provider, let subject):
            "No grant of gateway.identity_providers.\(provider) matches the claims of \(subject)."
        case .refused(let provider, let reason), .unavailable(let provider, let reason):
            "The identity provider \(provider) \(reason)."
        }
    }
}
