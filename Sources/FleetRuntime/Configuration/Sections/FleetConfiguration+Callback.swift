// SPDX-License-Identifier: Apache-2.0

package import Fleet

extension FleetConfiguration {
    /// What a callback is signed with and where it may go: section `callback`.
    package struct Callback: ConfigurationSection {
        /// What callbacks are signed with that name no secret of their own.
        @Section package var keys = Keys()

        @Key(
            "allowed_networks",
            .networks,
            default: [],
            "networks that callbacks can reach although they are not public"
        )
        package var allowedNetworks: [String]

        @Key(
            "ca_file",
            .path,
            "PEM file with certificate authorities to trust for receivers, in addition to the system's"
        )
        package var authorityFile: String?

        @Key(
            "maximum_body_bytes",
            .bytes(1_000...mebibyte),
            default: 65_536,
            "maximum size of a body from a template"
        )
        package var maximumBodyBytes: Int

        @Sections("secrets", named: .plain("a secret"), { _ in NamedKeys() })
        private var named: [String: NamedKeys]

        /// What callbacks are signed with that name it.
        package var secrets: [String: Keys] { named.mapValues(\.keys) }

        /// The projects whose jobsets may name a secret.
        package var secretProjects: [String: [ProjectScope]] { named.mapValues(\.projects) }
    }
}

extension FleetConfiguration.Callback {
    /// What one callback is signed with; nothing: not at all.
    package struct Keys: ConfigurationSection {
        @FleetConfiguration.Key("secret", .signingSecret, "the secret that signs callbacks (Standard Webhooks, `v1`)")
        package var secret: Secret?

        @FleetConfiguration.Key(
            "previous_secret",
            .signingSecret,
            "the previous secret during a rotation: callbacks are signed with both"
        )
        package var previousSecret: Secret?

        @FleetConfiguration.Key(
            "private_key",
            .signingKey,
            "the ed25519 key that signs callbacks (`v1a`)"
        )
        package var privateKey: Secret?

        @FleetConfiguration.Key(
            "previous_private_key",
            .signingKey,
            "the previous private key during a rotation: callbacks are signed with both"
        )
        package var previousPrivateKey: Secret?

        /// In the order in which they sign.
        package var all: [Secret] { [secret, previousSecret, privateKey, previousPrivateKey].compactMap(\.self) }

        package var conflicts: [ConfigurationFault] {
            $previousSecret.fault(
                "is of no use without the secret that replaces it",
                if: previousSecret != nil && secret == nil
            )
                + $previousPrivateKey.fault(
                    "is of no use without the key that replaces it",
                    if: previousPrivateKey != nil && privateKey == nil
                )
        }
    }

    /// Keys under a name, and whose they are: section `callback.secrets.<name>`.
    private struct NamedKeys: ConfigurationSection {
        @FleetConfiguration.Section var keys = Keys()

        @FleetConfiguration.Key(
            "projects",
            .projects,
            default: [],
            "projects whose jobsets can have their callbacks signed with these keys"
        )
        var projects: [ProjectScope]

        var conflicts: [ConfigurationFault] {
            keys.$secret.fault("is missing, and so is a private key", if: keys.all.isEmpty)
        }
    }
}
