// SPDX-License-Identifier: Apache-2.0

public import Fleet

extension FleetConfiguration {
    /// How reports are mailed: section `mail`.
    public struct Mail: Sendable {
        /// Whether a connection to `smtp://` must be encrypted.
        public enum StartTLS: String, Sendable, CaseIterable {
            case required, optional, off
        }

        /// The server (`mail.url`); `nil`: nothing is mailed.
        public var url: String?
        /// Whether a connection must be encrypted (`mail.starttls`).
        public var startTLS: StartTLS
        /// Who logs in (`mail.user`).
        public var user: String?
        /// The user's password (`mail.password`, `mail.password_file`).
        public var password: Secret?
        /// A PEM file with the only authorities that vouch for the server (`mail.ca_file`).
        public var authorityFile: String?
        /// Whom mail comes from (`mail.from`).
        public var from: String?
        /// The name beside that (`mail.from_name`).
        public var fromName: String
        /// Where the document of a jobset may have its report mailed to (`mail.allowed_domains`); that of ``from`` unless said.
        public var allowedDomains: MailDomains
        /// How long a connection may take to be set up (`mail.connect_timeout_seconds`).
        public var connectTimeout: Duration
        /// How long one mail may take (`mail.timeout_seconds`).
        public var timeout: Duration
        /// The largest file that goes with a mail (`mail.maximum_attachment_bytes`).
        public var maximumAttachmentBytes: Int

        init(_ values: ConfigurationValues) {
            url = values.optionalText("mail.url")
            startTLS = values.choice("mail.starttls")
            user = values.optionalText("mail.user")
            password = values.optionalSecret("mail.password", orFile: "mail.password_file")
            authorityFile = values.optionalText("mail.ca_file")
            from = values.optionalText("mail.from")
            fromName = values.text("mail.from_name")
            let domains = values.texts("mail.allowed_domains")
            let ours = from.flatMap { MailAddress($0) }.map { MailDomains(of: $0) } ?? MailDomains([])
            allowedDomains = domains.isEmpty ? ours : MailDomains(domains)
            connectTimeout = values.duration("mail.connect_timeout_seconds")
            timeout = values.duration("mail.timeout_seconds")
            maximumAttachmentBytes = values.integer("mail.maximum_attachment_bytes")
        }

        func checkTogether(_ values: ConfigurationValues) {
            if url != nil, from == nil { values.fault("mail.from", "is needed with mail.url") }
            if user == nil, password != nil { values.fault("mail.user", "is needed with mail.password") }
            if user != nil, password == nil { values.fault("mail.password", "is needed with mail.user") }
        }
    }
}
