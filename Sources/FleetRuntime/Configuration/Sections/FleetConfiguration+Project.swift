// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import HTTPExchange

extension FleetConfiguration {
    /// What is particular to a project: section `projects."<group>/<project>"`.
    package struct Project: ConfigurationSection {
        /// A project of a SQUAD.
        package struct SQUAD: Sendable {
            /// The root of its web server.
            package var url: String
            /// A token that may submit results.
            package var token: Secret?
            /// `group/project` there.
            package var project: String
            /// What requests go through; `nil`: nothing.
            package var proxy: HTTPProxy?
        }

        private let name: String

        @Key(
            "infrastructure_patterns",
            .patterns,
            default: [],
            "failures of this project's jobs that are the lab's and not the build's, in addition to "
                + "watcher.infrastructure_patterns"
        )
        package var infrastructurePatterns: [String]

        @Key(
            "squad_url",
            .url("http", "https"),
            "root URL of the SQUAD that gets the results of this project's finished jobsets"
        )
        private var squadURL: String?

        @Key("squad_token", .secret, "a token for that SQUAD that can submit results")
        private var squadToken: Secret?

        @Key("squad_project", .project, "the project in SQUAD; default: the same name")
        private var squadProject: String?

        @Key(
            "empty_jobs",
            .choice,
            default: .incomplete,
            "the outcome of a job that completes without a result or with a failed step of LAVA; a jobset can override it"
        )
        package var emptyJobs: EmptyJobs

        @Key(
            "expect_suites",
            .names,
            default: [],
            "suites that each job of this project must have results of; a job can override it"
        )
        private var expectSuites: [String]

        @Key(
            "expect_cases",
            .integer(ExpectedResults.caseNumbers),
            default: 0,
            "minimum number of test cases that each job of this project must have; a job can override it"
        )
        private var expectCases: Int

        @Key(
            "kcidb_origin",
            .kcidbOrigin,
            "the name of this CI system in KernelCI's database; reports also have the format kcidb if it is set"
        )
        private var kcidbOrigin: String?

        @Key("kcidb_url", .url("http", "https"), "URL that reports are sent to, such as https://db.example.org/submit")
        private var kcidbURL: String?

        @Key("kcidb_token", .secret, "a token for that URL, sent as Bearer")
        private var kcidbToken: Secret?

        @Sections("kcidb_environments", named: .plain("an environment"), { _ in KCIDBEnvironment() })
        private var kcidbEnvironments: [String: KCIDBEnvironment]

        @Sections("known_issues", named: .plain("a known issue"), { _ in KnownIssueSection() })
        private var named: [String: KnownIssueSection]

        @Sections("metric_limits", named: .plain("a metric limit"), { _ in MetricLimitSection() })
        private var limits: [String: MetricLimitSection]

        @Sections("webhooks", named: .plain("a webhook"), { _ in WebhookSection() })
        private var webhookSections: [String: WebhookSection]

        @Sections("mail_receivers", named: .plain("a receiver of mails"), { _ in MailReceiverSection() })
        private var mailReceiverSections: [String: MailReceiverSection]

        @Section("retention") var retention = RetentionSection()

        @Key("mail", .addresses, default: [], "recipients of the reports of this project's jobsets")
        var mail: [String]

        @Key("mail_junit", .flag, default: false, "whether to attach the report as JUnit XML")
        package var mailsJUnit: Bool

        @Key("mail_cc", .addresses, default: [], "recipients of a copy, who are named in `Cc`")
        var mailCC: [String]

        @Key(
            "mail_format",
            .choice,
            default: .html,
            "html: text and HTML, one mail for each recipient; text: plain text for mailing lists; a jobset can override it"
        )
        package var mailFormat: MailFormat

        @Key(
            "mail_when",
            .choice,
            default: .always,
            "which reports are mailed: all, or only those that differ from the baseline, have a regression, or miss jobs; "
                + "a jobset can override it"
        )
        package var mailWhen: MailWhen

        @Key(
            "mail_environments",
            .globs,
            default: [],
            "environments that mail_when is about; default: all"
        )
        package var mailEnvironments: [String]

        @Key("mail_suites", .globs, default: [], "suites that mail_when is about; default: all")
        package var mailSuites: [String]

        @Key("mail_digest", .addresses, default: [], "recipients of a weekly list of the tests that fail")
        var digest: [String]

        @Key("mail_digest_day", .choice, default: .monday, "the day on which that list is mailed, in UTC")
        package var mailDigestDay: Weekday

        @Key("mail_subject", .mailSubject, "template for the subject of mails; a jobset can override it")
        package var mailSubject: String?

        @Key(
            "mail_trailer",
            .mailTrailer,
            "last line of a plain-text mail if the build has no regression and nothing is missing, such as "
                + "Tested-by: Lab <lab@example.org>; a jobset can override it"
        )
        package var mailTrailer: String?

        /// The proxies of the environment.
        private let proxies = ConfigurationScope.current.reading.proxies

        init(name: String) { self.name = name }

        /// The SQUAD that results are pushed into; `nil`: none.
        package var squad: SQUAD? {
            squadURL.map { url in
                let proxy = try? proxies.proxy(to: url)
                return SQUAD(url: url, token: squadToken, project: squadProject ?? name, proxy: proxy)
            }
        }

        /// What its results are in KernelCI's database; `nil`: they are not there.
        package var kcidb: KCIDB? {
            kcidbOrigin.map { origin in
                KCIDB(
                    origin: origin,
                    compatible: kcidbEnvironments.mapValues(\.compatible).filter { !$1.isEmpty },
                    url: kcidbURL,
                    token: kcidbToken,
                    proxy: kcidbURL.flatMap { try? proxies.proxy(to: $0) }
                )
            }
        }

        /// Whom the reports of its jobsets are mailed to.
        package var mailReceivers: [MailAddress] { mail.compactMap { MailAddress($0) } }
        /// Who gets a copy of those mails.
        package var mailCopies: [MailAddress] { mailCC.compactMap { MailAddress($0) } }

        /// Those who want mails in their own way, by their names in the file, each address once.
        package var ownMailReceivers: [MailReceiver] {
            mailReceiverSections.sorted { $0.key < $1.key }.compactMap { $0.value.receiver(self) }
        }
        /// What is wrong with these, seen from the whole.
        func receiverFaults(hasMail: Bool) -> [ConfigurationFault] {
            var before: [MailReceiver] = []
            return mailReceiverSections.sorted { $0.key < $1.key }.flatMap { _, section in
                let faults = section.faults(hasMail: hasMail, others: before, self)
                before += [section.receiver(self)].compactMap(\.self)
                return faults
            }
        }

        /// Who gets the weekly list of the tests that fail.
        package var mailDigest: [MailAddress] { digest.compactMap { MailAddress($0) } }

        /// The failures that it knows of, by their names in the file.
        package var knownIssues: [KnownIssueWish] { named.sorted { $0.key < $1.key }.map(\.value.wish) }

        /// How much worse its measurements may get, by the names of the limits in the file.
        package var metricLimits: [MetricLimit] { limits.sorted { $0.key < $1.key }.map(\.value.limit) }

        /// Who is called for its jobsets, by their names in the file.
        package var webhooks: [ConfiguredWebhook] {
            webhookSections.sorted { $0.key < $1.key }.compactMap { $0.value.webhook($0.key, of: name) }
        }

        /// What is wrong with the secrets that its webhooks name.
        func secretFaults(_ callback: Callback) -> [ConfigurationFault] {
            webhookSections.sorted { $0.key < $1.key }.flatMap { $0.value.fault(of: callback, for: name) }
        }

        /// What results its jobs are to bring.
        package var expect: ExpectedResults { ExpectedResults(suites: expectSuites, cases: expectCases) }

        package var conflicts: [ConfigurationFault] {
            squadConflicts + kcidbConflicts
        }

        private var squadConflicts: [ConfigurationFault] {
            guard squadURL == nil else { return proxies.faults($squadURL, squadURL) }
            return $squadToken.fault("is of no use without squad_url", if: squadToken != nil)
                + $squadProject.fault("is of no use without squad_url", if: squadProject != nil)
        }

        private var kcidbConflicts: [ConfigurationFault] {
            let url = kcidbURL == nil ? [] : proxies.faults($kcidbURL, kcidbURL)
            return url + $kcidbURL.fault("is of no use without kcidb_origin", if: kcidbURL != nil && kcidbOrigin == nil)
                + $kcidbToken.fault("is of no use without kcidb_url", if: kcidbToken != nil && kcidbURL == nil)
        }
    }
}

extension FleetConfiguration.Project {
    /// A project's place in KernelCI's database.
    package struct KCIDB: Sendable {
        /// The name of this CI system there.
        package var origin: String
        /// The values of a board's device tree property `compatible`, by environment.
        package var compatible: [String: [String]]
        /// Where reports are sent; `nil`: nowhere.
        package var url: String?
        package var token: Secret?
        /// What requests go through; `nil`: nothing.
        package var proxy: HTTPProxy?
    }
}

extension FleetConfiguration {
    /// What the database is told of an environment: section `projects."<group>/<project>".kcidb_environments.<name>`.
    struct KCIDBEnvironment: ConfigurationSection {
        @Key(
            "compatible",
            .compatibles,
            default: [],
            "values of the root node's property compatible in the board's device tree, in order"
        )
        var compatible: [String]
    }
}
