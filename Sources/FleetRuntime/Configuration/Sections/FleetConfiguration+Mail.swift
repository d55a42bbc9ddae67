// SPDX-License-Identifier: Apache-2.0

package import Fleet

extension FleetConfiguration {
    /// How reports are mailed: section `mail`.
    package struct Mail: ConfigurationSection {
        /// Whether a connection to `smtp://` must be encrypted.
        package enum StartTLS: String, Sendable, CaseIterable {
            case required, optional, off
        }

        @Key(
            "url",
            .url("smtp", "smtps"),
            "the mail server that reports are sent by, smtp://host:port or smtps://host:port; without it none are"
        )
        package var url: String?

        @Key(
            "starttls",
            .choice,
            default: .required,
            "whether a connection to smtp:// must be encrypted; without encryption a password can be read on its way"
        )
        package var startTLS: StartTLS

        @Key("user", .text, "who logs in there; without it nobody does")
        package var user: String?

        @Key("password", .secret, "the user's password")
        package var password: Secret?

        @Key(
            "ca_file",
            .path,
            "PEM file with the only authorities that vouch for the mail server; otherwise the system's"
        )
        package var authorityFile: String?

        @Key("from", .address, "whom mail comes from")
        package var from: MailAddress?

        @Key("from_name", .text, default: "Muster", "the name beside that address")
        package var fromName: String

        @Key(
            "allowed_domains",
            .mailDomains,
            default: [],
            "domains that a jobset may have its report mailed to: example.org, *.example.org for those below it, * for all; "
                + "without any, that of mail.from"
        )
        private var domains: [String]

        @Key(
            "connect_timeout_seconds",
            .seconds(1...600),
            default: .seconds(10),
            "how long a connection may take to be set up"
        )
        package var connectTimeout: Duration

        @Key(
            "timeout_seconds",
            .seconds(1...3_600),
            default: .seconds(60),
            "how long one mail may take, and after it the server's answer"
        )
        package var timeout: Duration

        @Key(
            "maximum_attachment_bytes",
            .bytes(0...(100 * mebibyte)),
            default: 5 * mebibyte,
            "the largest JUnit report that goes with a mail; of a larger one the mail says so"
        )
        package var maximumAttachmentBytes: Int

        /// Where the document of a jobset may have its report mailed to.
        package var allowedDomains: MailDomains {
            domains.isEmpty ? from.map { MailDomains(of: $0) } ?? MailDomains([]) : MailDomains(domains)
        }

        package var conflicts: [ConfigurationFault] {
            $from.fault("is needed with mail.url", if: url != nil && from == nil)
                + $user.fault("is needed with mail.password", if: user == nil && password != nil)
                + $password.fault("is needed with mail.user", if: user != nil && password == nil)
        }
    }
}
