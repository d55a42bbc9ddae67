// SPDX-License-Identifier: Apache-2.0

import FleetRuntime
import SMTP

/// Whether the mail server lets us in; nothing is sent.
struct MailChecks {
    let configuration: FleetConfiguration.Mail

    func run() async -> [Finding] {
        guard let sending = MailSending(configuration) else { return [] }
        var server = sending.server
        server.connectTimeout = min(server.connectTimeout, FleetAccess.patience)
        server.timeout = min(server.timeout, FleetAccess.patience)
        do {
            try await server.check()
        } catch {
            return [.failed("mail", "\(server.url): \(error)", advice: "see mail.* in the configuration")]
        }
        let user = server.user.map { "as \($0)" } ?? "without logging in"
        return [.ok("mail", "\(server.url) accepts mail \(user); mail comes from \(sending.from)")]
    }
}
