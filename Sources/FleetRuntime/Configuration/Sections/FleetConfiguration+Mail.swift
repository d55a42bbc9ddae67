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

extension FleetConfiguration {
    /// Somebody who wants mails of a project in their own way: section `projects."<group>/<project>".mail_receivers.<name>`.
    struct MailReceiverSection: ConfigurationSection {
        @Key("address", required: .addressText, "the address")
        private var address: String

        @Key("when", .choice, "which reports are mailed to it; default: mail_when of the project")
        private var when: MailWhen?

        @Key(
            "environments",
            .globs,
            default: [],
            "environments that `when` is about; default: mail_environments of the project"
        )
        private var environments: [String]

        @Key("suites", .globs, default: [], "suites that `when` is about; default: mail_suites of the project")
        private var suites: [String]

        @Key("format", .choice, "the format of its mails; default: mail_format of the project")
        private var format: MailFormat?

        @Key("junit", .flag, default: false, "whether to attach the report as JUnit XML")
        private var attachesJUnit: Bool

        /// What is wrong with it beside those that come before it by name.
        func faults(hasMail: Bool, others: [MailReceiver], _ project: Project) -> [ConfigurationFault] {
            let isRepeated = receiver(project).map { own in others.contains { $0.address == own.address } } ?? false
            return $address.fault("is of no use without mail.url", if: !hasMail)
                + $address.fault("is that of another section of mail_receivers: an address has one", if: isRepeated)
        }

        func receiver(_ project: Project) -> MailReceiver? {
            MailAddress(address).map { address in
                MailReceiver(
                    address: address,
                    when: when ?? project.mailWhen,
                    scope: MailScope(
                        environments: environments.isEmpty ? project.mailEnvironments : environments,
                        suites: suites.isEmpty ? project.mailSuites : suites
                    ),
                    format: format ?? project.mailFormat,
                    attachesJUnit: attachesJUnit
                )
            }
        }
    }

    /// Somebody who wants mails of a project in their own way.
    package struct MailReceiver: Sendable, Hashable {
        package let address: MailAddress
        package let when: MailWhen
        package let scope: MailScope
        package let format: MailFormat
        package let attachesJUnit: Bool
    }
}

extension ConfigurationKind where Value == String {
    /// A mail address as text.
    fileprivate static var addressText: Self { Self("mail address", complaint: MailAddress.complaint(about:)) }
}
