// SPDX-License-Identifier: Apache-2.0

extension FleetConfiguration {
    /// What a callback is signed with and where it may go: section `callback`.
    public struct Callback: Sendable {
        /// What one callback is signed with; nothing: not at all.
        public struct Keys: Sendable {
            /// The secret, `whsec_` and base64 (`secret`, `secret_file`).
            public var secret: Secret?
            /// While a secret is being replaced, the one before it, which callbacks are signed with as well
            /// (`previous_secret`, `previous_secret_file`).
            public var previousSecret: Secret?
            /// The private ed25519 key, `whsk_` and base64 (`private_key`, `private_key_file`).
            public var privateKey: Secret?
            /// The private key before it (`previous_private_key`, `previous_private_key_file`).
            public var previousPrivateKey: Secret?

            init(_ values: ConfigurationValues, under section: String, of name: String? = nil) {
                let read = { (key: String) in
                    values.optionalSecret("\(section).\(key)", orFile: "\(section).\(key)_file", of: name)
                }
                secret = read("secret")
                previousSecret = read("previous_secret")
                privateKey = read("private_key")
                previousPrivateKey = read("previous_private_key")
            }

            /// In the order in which they sign.
            public var all: [Secret] {
                [secret, previousSecret, privateKey, previousPrivateKey].compactMap(\.self)
            }
        }

        /// What callbacks are signed with that name no secret of their own.
        public var keys: Keys
        /// What callbacks are signed with that name it: section `callback.secrets.<name>`.
        public var secrets: [String: Keys]
        /// The projects whose jobsets may name them (`callback.secrets.<name>.projects`): `group/project`, `group/*`, `*`.
        public var secretProjects: [String: [String]]
        /// Networks that a callback may reach although they are not public, as CIDRs (`callback.allowed_networks`).
        public var allowedNetworks: [String]
        /// A PEM file with authorities that vouch for receivers, besides the system's (`callback.ca_file`).
        public var authorityFile: String?
        /// The largest body that a template may make (`callback.maximum_body_bytes`).
        public var maximumBodyBytes: Int

        init(_ values: ConfigurationValues, secrets names: [String]) {
            keys = Keys(values, under: "callback")
            secrets = Dictionary(
                names.map { ($0, Keys(values, under: "callback.secrets.*", of: $0)) },
                uniquingKeysWith: { first, _ in first }
            )
            secretProjects = Dictionary(
                names.map { ($0, values.texts("callback.secrets.*.projects", of: $0)) },
                uniquingKeysWith: { first, _ in first }
            )
            allowedNetworks = values.texts("callback.allowed_networks")
            authorityFile = values.optionalText("callback.ca_file")
            maximumBodyBytes = values.integer("callback.maximum_body_bytes")
        }

        func checkTogether(_ values: ConfigurationValues) {
            let all =
                [("callback", String?.none, keys)]
                + secrets.sorted { $0.key < $1.key }.map { ("callback.secrets.*", $0.key, $0.value) }
            for (section, name, keys) in all {
                if keys.previousSecret != nil, keys.secret == nil {
                    values.fault(
                        "\(section).previous_secret",
                        of: name,
                        "is of no use without the secret that replaces it"
                    )
                }
                if keys.previousPrivateKey != nil, keys.privateKey == nil {
                    values.fault(
                        "\(section).previous_private_key",
                        of: name,
                        "is of no use without the key that replaces it"
                    )
                }
                if name != nil, keys.all.isEmpty {
                    values.fault("\(section).secret", of: name, "is missing, and so is a private key")
                }
            }
        }
    }
}
