// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import FleetRuntime

/// How mail is sent: the server, and whom it comes from.
package struct MailSending: Sendable {
    package let server: SMTPServer
    /// Whom it comes from.
    package let from: MailAddress
    /// The name beside that.
    package let fromName: String
    /// The domain of ``from``, which ids are made with.
    package let domain: String
    /// The largest file that goes with a mail, in bytes.
    package let maximumAttachmentBytes: Int

    /// As the configuration has it; `nil` when it has no server.
    package init?(_ mail: FleetConfiguration.Mail) {
        guard let url = mail.url, let from = mail.from else { return nil }
        self.from = from
        fromName = mail.fromName
        domain = from.description.split(separator: "@").last.map(String.init) ?? "localhost"
        maximumAttachmentBytes = mail.maximumAttachmentBytes
        server = SMTPServer(
            url: url,
            startTLS: SMTPServer.StartTLS(mail.startTLS),
            user: mail.user,
            password: mail.password?.reveal,
            caFile: mail.authorityFile,
            connectTimeout: mail.connectTimeout,
            timeout: mail.timeout
        )
    }
}

extension SMTPServer.StartTLS {
    fileprivate init(_ startTLS: FleetConfiguration.Mail.StartTLS) {
        self =
            switch startTLS {
            case .required: .required
            case .optional: .optional
            case .off: .off
            }
    }
}
