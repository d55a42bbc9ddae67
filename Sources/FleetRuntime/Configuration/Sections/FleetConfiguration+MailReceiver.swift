// SPDX-License-Identifier: Apache-2.0

package import Fleet

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
