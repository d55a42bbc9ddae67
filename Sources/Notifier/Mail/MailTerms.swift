// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetRuntime
import FleetStore
import Reports

/// How the report of one jobset is mailed, and to whom: as its document says, else as its project has it.
struct MailTerms {
    private let project: FleetConfiguration.Project?
    private let request: ReportRequest

    init(project: FleetConfiguration.Project?, request: ReportRequest?) {
        self.project = project
        self.request = request ?? ReportRequest(mail: [])
    }

    private var when: MailWhen { request.when ?? project?.mailWhen ?? .always }
    /// What a document says is about all of its build.
    private var scope: MailScope {
        guard request.when == nil, let project else { return MailScope() }
        return MailScope(environments: project.mailEnvironments, suites: project.mailSuites)
    }
    var subject: String? { request.subject ?? project?.mailSubject }
    private var format: MailFormat { request.format ?? project?.mailFormat ?? .html }

    /// The project's own receivers, then those of the document, each once.
    private var to: [MailAddress] {
        let own = Set(own.map(\.address))
        return unique((project?.mailReceivers ?? []) + request.mail).filter { !own.contains($0) }
    }

    /// Those who have settings of their own, whoever else names them.
    private var own: [FleetConfiguration.MailReceiver] { project?.ownMailReceivers ?? [] }

    private var cc: [MailAddress] {
        let to = Set(to + own.map(\.address))
        return unique((project?.mailCopies ?? []) + (request.cc ?? [])).filter { !to.contains($0) }
    }

    /// The mails of a report, one for each receiver, with the reason of those that are not sent.
    func mails(_ head: ReportHead) -> [OrderedMail] {
        let reason = head.silence(when, in: scope)
        // Copies of nothing are no copies.
        let (to, cc) = to.isEmpty ? (cc, []) : (to, cc)
        var order = MailOrder(format: format, to: to, cc: cc, thread: request.inReplyTo, trailer: trailer(format, head))
        guard !order.isShared else {
            // One message has one content, whoever asked for the attachment.
            order.junit = project?.mailsJUnit == true || request.junit
            return (order.to + order.cc).map { OrderedMail(to: $0, order, skippedBecause: reason) } + ownMails(head)
        }
        return order.to.map { receiver in
            var mine = order
            mine.to = [receiver]
            mine.junit = attachesJUnit(to: receiver)
            return OrderedMail(to: receiver, mine, skippedBecause: reason)
        } + ownMails(head)
    }

    private func ownMails(_ head: ReportHead) -> [OrderedMail] {
        var known: Set<MailAddress> = []
        return own.filter { known.insert($0.address).inserted }.map { receiver in
            var order = MailOrder(
                format: receiver.format,
                to: [receiver.address],
                thread: request.inReplyTo,
                trailer: trailer(receiver.format, head),
                junit: receiver.attachesJUnit
            )
            order.isOwn = true
            let reason = head.silence(receiver.when, in: receiver.scope)
            return OrderedMail(to: receiver.address, order, skippedBecause: reason)
        }
    }

    private func trailer(_ format: MailFormat, _ head: ReportHead) -> String? {
        format == .text && head.isGood ? request.trailer ?? project?.mailTrailer : nil
    }

    /// How a mail is made that an earlier version ordered.
    func order(to receiver: MailAddress) -> MailOrder {
        MailOrder(to: [receiver], junit: attachesJUnit(to: receiver))
    }

    private func attachesJUnit(to receiver: MailAddress) -> Bool {
        request.junit && request.mail.contains(receiver)
            || project?.mailsJUnit == true && project?.mailReceivers.contains(receiver) == true
    }

    private func unique(_ addresses: [MailAddress]) -> [MailAddress] {
        addresses.reduce(into: []) { found, address in
            if !found.contains(address) { found.append(address) }
        }
    }
}
