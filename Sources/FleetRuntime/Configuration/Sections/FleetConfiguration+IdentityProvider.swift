// SPDX-License-Identifier: Apache-2.0

package import Fleet
import Foundation
package import HTTPExchange

extension FleetConfiguration {
    /// An OpenID Connect provider whose ID tokens are accepted: section `gateway.identity_providers.<name>`.
    package struct IdentityProvider: ConfigurationSection {
        /// Its name in the file.
        package let name: String

        @Key(
            "issuer",
            required: .url("http", "https"),
            "the provider's issuer, exactly as its ID tokens state it (iss); its metadata is read from there"
        )
        package var issuer: String

        @Key(
            "client_id",
            .text,
            "client ID of the gateway at the provider, for people who sign in; default: nobody can sign in with it"
        )
        package var clientID: String?

        @Key("client_secret", .secret, "client secret of the gateway at the provider; default: a public client")
        package var clientSecret: Secret?

        @Key("label", .text, "what the sign-in page calls the provider; default: its name in this file")
        private var ownLabel: String?

        @Key("scopes", .names, default: ["openid", "profile", "email"], "scopes that are requested at sign-in")
        package var scopes: [String]

        @Key(
            "audience",
            .text,
            "audience (aud) of ID tokens that CI jobs exchange for a token; default: none can be exchanged"
        )
        package var audience: String?

        @Key(
            "name_claim",
            .text,
            "the claim that names a user or CI job in lists and in the audit log; default: email if client_id is set, "
                + "otherwise sub"
        )
        private var ownNameClaim: String?

        @Key(
            "token_lifetime_seconds",
            .seconds(60...604_800),
            default: .seconds(43_200),
            "how long a sign-in, or a token that a CI job gets, is valid"
        )
        package var tokenLifetime: Duration

        @Key(
            "key_refresh_seconds",
            .seconds(1...86_400),
            default: .seconds(60),
            "minimum time between two requests for the provider's keys, which are read again when a token names an "
                + "unknown one"
        )
        package var keyRefresh: Duration

        @Key("timeout_seconds", .seconds(0.1...60), default: .seconds(10), "time limit for one request to the provider")
        package var timeout: Duration

        @Sections("grants", named: .plain("a grant"), { _ in Grant() })
        private var grantSections: [String: Grant]

        /// The proxies of the environment.
        private let proxies = ConfigurationScope.current.reading.proxies

        init(name: String) { self.name = name }

        package var label: String { ownLabel ?? name }
        package var nameClaim: String { ownNameClaim ?? (clientID == nil ? "sub" : "email") }
        /// Who can do what.
        package var grants: [IdentityGrant] { grantSections.sorted { $0.key < $1.key }.map(\.value.grant) }
        /// What requests to one of its addresses go through; `nil`: nothing.
        package func proxy(to url: String) -> HTTPProxy? { try? proxies.proxy(to: url) }

        package var conflicts: [ConfigurationFault] {
            let parts = URLComponents(string: issuer)
            let isPlain = parts?.scheme?.lowercased() == "http" && !IPAddress.isLoopback(host: parts?.host ?? "")
            return $issuer.fault("must be https, unless it is on this machine", if: isPlain)
                + $issuer.fault("has neither client_id nor audience, so nobody can use it", if: isUseless)
                + $issuer.fault("has no grants, so nobody can use it", if: grantSections.isEmpty)
                + $clientSecret.fault("is of no use without client_id", if: clientSecret != nil && clientID == nil)
                + $scopes.fault("must contain openid", if: !scopes.contains("openid"))
                + $audience.fault(
                    "must differ from client_id: a token of a sign-in must not be good as a CI job's",
                    if: audience != nil && audience == clientID
                ) + proxies.faults($issuer, issuer)
        }

        private var isUseless: Bool { clientID == nil && audience == nil }
    }
}

extension FleetConfiguration.IdentityProvider {
    /// Who can do what: section `gateway.identity_providers.<name>.grants.<name>`.
    struct Grant: ConfigurationSection {
        @FleetConfiguration.Key(
            "claims",
            required: .claims,
            otherwise: [],
            "claims that the ID token must have, all of them; of a list, one element must match"
        )
        private var claims: [ClaimPattern]

        @FleetConfiguration.Key(
            "projects",
            required: .projects,
            otherwise: [],
            "the projects that the grant is for"
        )
        private var projects: [ProjectScope]

        @FleetConfiguration.Key(
            "abilities",
            .abilities,
            default: [.read],
            "what the grant allows there; what several matching grants allow adds up"
        )
        private var abilities: [Ability]

        var conflicts: [ConfigurationFault] {
            $claims.fault("must not be empty: the grant would be for everyone", if: claims.isEmpty)
                + $projects.fault("must not be empty", if: projects.isEmpty)
                + $abilities.fault("must not be empty", if: abilities.isEmpty)
        }

        var grant: IdentityGrant {
            IdentityGrant(claims: claims, grant: Permissions.Grant(Set(abilities), in: projects))
        }
    }
}

extension ConfigurationKind where Value == [ClaimPattern] {
    /// Patterns of claims.
    fileprivate static var claims: Self {
        let one = ConfigurationKind<ClaimPattern>("`claim=glob`", write: \.description) {
            text,
            _ throws(ConfigurationComplaint) in
            guard let pattern = ClaimPattern(text) else {
                throw ConfigurationComplaint(ClaimPattern.complaint(about: text) ?? "is not a pattern of a claim")
            }
            return pattern
        }
        return Self("list of `claim=glob`", of: one)
    }
}

extension ConfigurationKind where Value == [Ability] {
    /// Abilities.
    fileprivate static var abilities: Self {
        let one = ConfigurationKind<Ability>.choice
        return Self("list of \(one.words)", of: one)
    }
}
