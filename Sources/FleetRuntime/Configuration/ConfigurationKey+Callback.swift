// SPDX-License-Identifier: Apache-2.0

extension ConfigurationKey {
    static let callback: [ConfigurationKey] =
        keys(under: "callback", unsigned: "; without any key callbacks are not signed") + [
            .init(
                "callback.allowed_networks",
                .networks,
                default: "",
                "networks that a callback may reach although they are not public"
            ),
            .init(
                "callback.ca_file",
                .path,
                "PEM file with authorities that vouch for receivers over TLS, besides the system's"
            ),
            .init(
                "callback.maximum_body_bytes",
                .bytes(1_000...1_048_576),
                default: "65536",
                "the largest body that a template may make"
            ),
        ] + keys(under: "callback.secrets.*", unsigned: "") + secretProjects

    private static let secretProjects: [ConfigurationKey] = [
        .init(
            "callback.secrets.*.projects",
            .projects,
            default: "",
            "projects whose jobsets may have their callbacks signed with it"
        )
    ]

    /// What callbacks are signed with: of those that name no secret, and of those that name one.
    private static func keys(under section: String, unsigned: String) -> [ConfigurationKey] {
        key(section, "secret", .signingSecret, "what callbacks are signed with (Standard Webhooks, `v1`)" + unsigned)
            + key(
                section,
                "previous_secret",
                .signingSecret,
                "the secret before, while it is being replaced: callbacks are signed with both"
            )
            + key(section, "private_key", .signingKey, "the ed25519 key that callbacks are signed with (`v1a`)")
            + key(section, "previous_private_key", .signingKey, "the private key before, while it is being replaced")
    }

    private static func key(
        _ section: String,
        _ name: String,
        _ kind: ConfigurationKind,
        _ meaning: String
    ) -> [ConfigurationKey] {
        let path = "\(section).\(name)"
        return [
            .init(path, kind, orFile: "\(path)_file", meaning),
            .init("\(path)_file", .path, "a file that holds the \(name.replacing("_", with: " "))"),
        ]
    }
}
