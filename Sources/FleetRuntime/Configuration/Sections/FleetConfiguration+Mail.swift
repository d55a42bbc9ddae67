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
            "the mail server, smtp://host:port or smtps://host:port; without it, no mail is sent"
        )
        package var url: String?

        @Key(
            "starttls",
            .choice,
            default: .required,
            "whether a connection to smtp:// must be encrypted; without encryption, a password can be read on its way"
        )
        package var startTLS: StartTLS

        @Key("user", .text, "the user for the login; default: no login")
        package var user: String?

        @Key("password", .secret, "the user's password")
        package var password: Secret?

        @Key(
            "ca_file",
            .path,
            "PEM file with the only certificate authorities to trust for the mail server; default: the system's"
        )
        package var authorityFile: String?

        @Key("from", .address, "the sender's address")
        package var from: MailAddress?

        @Key("from_name", .text, default: "Muster", "the sender's name")
        package var fromName: String

        @Key(
            "allowed_domains",
            .mailDomains,
            default: [],
            "domains to which jobsets can have their reports mailed: example.org, *.example.org for those below it, "
                + "* for all; default: the domain of mail.from"
        )
        private var domains: [String]

        @Key(
            "connect_timeout_seconds",
            .seconds(1...600),
            default: .seconds(10),
            "time limit for opening a connection"
        )
        package var connectTimeout: Duration

        @Key(
            "timeout_seconds",
            .seconds(1...3_600),
            default: .seconds(60),
            "time limit for sending one mail, and again for the server's answer"
        )
        package var timeout: Duration

        @Key(
            "maximum_attachment_bytes",
            .bytes(0...(100 * mebibyte)),
            default: 5 * mebibyte,
            "maximum size of an attached JUnit report; if it is larger, the mail says so"
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
