// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetRuntime
import Foundation

/// What a provider says of itself (OpenID Connect Discovery 1.0, section 3).
struct ProviderMetadata: Decodable, Sendable {
    let issuer: String
    let authorizationEndpoint: String?
    let tokenEndpoint: String?
    let jwksURI: String
    let tokenEndpointAuthMethods: [String]?

    private enum CodingKeys: String, CodingKey {
        case issuer
        case authorizationEndpoint = "authorization_endpoint"
        case tokenEndpoint = "token_endpoint"
        case jwksURI = "jwks_uri"
        case tokenEndpointAuthMethods = "token_endpoint_auth_methods_supported"
    }

    /// Asks the provider.
    ///
    /// - Throws: ``IdentityFailure/unavailable(provider:reason:)``.
    static func read(of provider: FleetConfiguration.IdentityProvider) async throws(IdentityFailure) -> ProviderMetadata
    {
        let connection = ProviderConnection(provider: provider)
        let root = provider.issuer.hasSuffix("/") ? String(provider.issuer.dropLast()) : provider.issuer
        let answer = try await connection.get(root + "/.well-known/openid-configuration")
        guard answer.status == 200 else {
            throw connection.failure("answered HTTP \(answer.status) when asked for its metadata")
        }
        guard let metadata = try? JSONDecoder().decode(ProviderMetadata.self, from: answer.body) else {
            throw connection.failure("sent metadata that is not that of an OpenID provider")
        }
        guard metadata.issuer == provider.issuer else {
            let other = HarmlessText.line(metadata.issuer, limit: 200)
            throw connection.failure("states the issuer \(other), not \(provider.issuer)")
        }
        let addresses = [metadata.jwksURI, metadata.authorizationEndpoint, metadata.tokenEndpoint].compactMap(\.self)
        guard addresses.allSatisfy({ isAllowed($0, issuer: provider.issuer) }) else {
            throw connection.failure("has metadata with an address that is not https")
        }
        return metadata
    }

    /// Whether secrets may go there: by TLS, or on this machine if the issuer is there too.
    private static func isAllowed(_ url: String, issuer: String) -> Bool {
        guard let parts = URLComponents(string: url), let host = parts.host, parts.user == nil, parts.fragment == nil
        else {
            return false
        }
        switch parts.scheme?.lowercased() {
        case "https": return true
        case "http": return IPAddress.isLoopback(host: host) && issuer.lowercased().hasPrefix("http://")
        default: return false
        }
    }
}
