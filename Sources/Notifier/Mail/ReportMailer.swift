// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetRuntime
import FleetStore
import Foundation
import Mail
import Reports
import SMTP

/// Mails the archived reports of finished jobsets, and warnings of receivers that take no callbacks.
///
/// A mail is a delivery to one address, so that one that is refused holds up no other. It is made of the archived report
/// alone: each try is the same message under the same `Message-ID`.
struct ReportMailer: Sendable {
    let store: FleetStore
    let sending: MailSending?
    /// By `group/project`.
    let projects: [String: FleetConfiguration.Project]
    /// Where documents may have reports mailed to.
    let allowedDomains: MailDomains
    /// Where people find the dashboard.
    let publicURL: String?

    init(store: FleetStore, configuration: FleetConfiguration) {
        self.store = store
        sending = MailSending(configuration.mail)
        projects = configuration.projects
        allowedDomains = configuration.mail.allowedDomains
        publicURL = configuration.gateway.publicURL
    }

    /// Has the report mailed to those that the jobset's document and its project name. Asking again changes nothing.
    func order(for jobset: UUID, _ generation: Int, _ build: Build) async throws {
        let terms = MailTerms(project: project(build), request: try await store.reportRequest(of: jobset))
        let document = try await archived(jobset, generation, [.json])[.json] ?? ""
        let head = try ReportHead(of: document)
        try await store.addMails(
            of: jobset,
            generation: generation,
            subject: ReportSubject.line(head, document, template: terms.subject),
            terms.mails(head)
        )
    }

    /// One try.
    ///
    /// - Throws: ``NotMailable`` when it can't be made now.
    func send(_ delivery: DueDelivery) async throws -> TryResult {
        guard let sending else { throw NotMailable(description: "this notifier's configuration has no mail.url") }
        guard let receiver = MailAddress(delivery.receiver) else {
            return TryResult(ending: .refused, error: "the receiver is no mail address")
        }
        guard try await mayBeMailed(receiver, of: delivery.jobsetID) else {
            return TryResult(ending: .refused, error: "the receiver's domain is not one that is mailed to")
        }
        let message = try await message(of: delivery, to: receiver, sending)
        do {
            try await sending.server.send(message)
            return TryResult(ending: .taken, status: 250)
        } catch {
            let ending: TryEnding = error.isPermanent ? .refused : .notTaken(isBusy: false, retryAfter: nil)
            return TryResult(ending: ending, status: error.status, error: "the mail server did not take it: \(error)")
        }
    }

    /// The operator's own list of a project goes anywhere, a document's receivers only where the operator lets them.
    private func mayBeMailed(_ receiver: MailAddress, of jobset: UUID) async throws -> Bool {
        if allowedDomains.contain(receiver) { return true }
        let build = try await store.build(of: jobset)
        let own =
            build.flatMap(project).map {
                $0.mailReceivers + $0.mailCopies + $0.mailDigest + $0.ownMailReceivers.map(\.address)
            } ?? []
        return own.contains(receiver)
    }

    private func message(
        of delivery: DueDelivery,
        to receiver: MailAddress,
        _ sending: MailSending
    ) async throws -> MailMessage {
        guard let build = try await store.build(of: delivery.jobsetID) else {
            throw NotMailable(description: "the jobset is not there")
        }
        if delivery.kind != .mail { return try MailedWarning().message(sending, to: receiver, delivery) }
        let (jobset, generation) = (delivery.jobsetID, delivery.generation)
        let order =
            delivery.mailOrder ?? MailTerms(project: project(build), request: delivery.report).order(to: receiver)
        let formats: [ReportFormat] = order.format == .text ? [.mail, .text] : [.text, .html]
        let report = try await archived(jobset, generation, formats + (order.junit ? [.junit] : []))
        guard let text = report[.text] else { throw NotMailable(description: "the report is no longer kept") }
        let plain = order.format == .text ? report[.mail] : nil
        let mailed = MailedReport(
            text: plain ?? text,
            html: report[.html],
            junit: report[.junit],
            build: build,
            page: plain == nil ? publicURL.map { JobsetPage.address(of: jobset, at: $0) } : nil
        )
        return try mailed.message(sending, to: receiver, order, delivery)
    }

    private func archived(_ jobset: UUID, _ generation: Int, _ formats: [ReportFormat]) async throws -> ArchivedReport {
        guard let report = try await store.storedReport(jobsetID: jobset, generation: generation, formats: formats)
        else {
            throw NotMailable(description: "the report is not in the archive")
        }
        return report
    }

    /// What is to be mailed now that the receiver of a callback has failed for long; `nil` where there is no mail server.
    func warning(of delivery: DueDelivery) async throws -> ReceiverWarning? {
        guard sending != nil, let build = try await store.build(of: delivery.jobsetID) else { return nil }
        // What is mailed as plain text goes to a list, whose readers can't mend a receiver of callbacks.
        let project = project(build)
        let format = project?.mailFormat ?? .html
        let receivers = format == .text ? [] : project?.mailReceivers ?? []
        let jobset = delivery.jobsetID
        return ReceiverWarning(of: delivery, to: receivers, usualFormat: format) {
            MailedWarning.text(about: $0, build, jobset)
        }
    }

    private func project(_ build: Build) -> FleetConfiguration.Project? {
        projects["\(build.group)/\(build.project)"]
    }
}

/// Why a mail can't be made: it waits until that has been mended.
struct NotMailable: Error, CustomStringConvertible {
    let description: String
}
