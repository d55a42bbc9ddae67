// SPDX-License-Identifier: Apache-2.0

/// How large a jobset document and its parts may be, and what they may name.
package struct DocumentLimits: Sendable, Hashable, Codable {
    /// The largest document, in bytes.
    package var maximumDocumentBytes = 64 * 1_048_576
    /// The largest definition of a job, in bytes.
    package var maximumDefinitionBytes = 10 * 1_048_576
    /// The most jobs in one document.
    package var maximumJobs = 100_000
    /// The most jobs that an open jobset may come to have.
    package var maximumTotal = 10_000_000
    /// The longest time until a deadline, in seconds: a year.
    package var maximumTimeout = 31_536_000
    /// The most retries of a job whose lab fails it.
    package var maximumRetries = 10
    /// How long jobs may take, by lab, where a lab has a limit.
    package var labTimeouts: [String: JobTimeout]?
    /// The most faults that are listed one by one; a last one says how many more there are.
    package var maximumFaults = 1_000
    /// The longest URL, in bytes.
    package var maximumURLBytes = 2_048
    /// The most labels.
    package var maximumLabels = 64
    /// The longest value of a label, in bytes. Their names follow ``Slug``.
    package var maximumLabelBytes = 1_000
    /// The most headers of a callback.
    package var maximumHeaders = 32
    /// The longest name or value of a header, in bytes.
    package var maximumHeaderBytes = 4_096
    /// The most parameters of a callback's template.
    package var maximumParameters = 32
    /// The longest value of a parameter, in bytes.
    package var maximumParameterBytes = 4_096
    /// The largest body that a callback can bring along, in bytes.
    package var maximumPayloadBytes = 20_000
    /// The most receivers of the report by mail.
    package var maximumReceivers = 50
    /// Whether there is a mail server to send it by.
    package var canMail = true
    /// Where a report may be mailed to; `nil`: anywhere.
    package var mailDomains: MailDomains?
    /// The names of the secrets that a callback may choose to be signed with.
    package var callbackSecrets: Set<String> = []
    /// Which addresses a callback's URL may name; `nil`: not checked here. It stays with the fleet: the networks that an
    /// operator allows are no client's business, and a gateway checks what a client sends.
    package var callbackAddresses: AddressPolicy?

    /// What a client is told: all but what stays with the fleet.
    private enum CodingKeys: CodingKey {
        case maximumDocumentBytes, maximumDefinitionBytes, maximumJobs, maximumTotal, maximumTimeout,
            maximumRetries, labTimeouts, maximumFaults, maximumURLBytes, maximumLabels, maximumLabelBytes,
            maximumHeaders,
            maximumHeaderBytes, maximumParameters, maximumParameterBytes, maximumPayloadBytes,
            maximumReceivers, canMail, mailDomains, callbackSecrets
    }

    /// The limits that Muster has unless it is told others.
    package init() {}
}

/// What jobset documents are held to: with it a client can look a large file through before it sends any of it.
package struct DocumentRules: Codable, Sendable, Equatable {
    /// How large documents and their parts may be.
    package let limits: DocumentLimits
    /// The labs that jobs may name.
    package let backends: [String]

    /// The rules of a fleet.
    package init(limits: DocumentLimits, backends: some Sequence<String>) {
        self.limits = limits
        self.backends = backends.sorted()
    }
}
