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

    var when: MailWhen { request.when ?? project?.mailWhen ?? .always }
    var subject: String? { request.subject ?? project?.mailSubject }
    private var format: MailFormat { request.format ?? project?.mailFormat ?? .html }

    /// The project's own receivers, then those of the document, each once.
    private var to: [MailAddress] { unique((project?.mailReceivers ?? []) + request.mail) }

    private var cc: [MailAddress] {
        let to = Set(to)
        return unique((project?.mailCopies ?? []) + (request.cc ?? [])).filter { !to.contains($0) }
    }

    /// The mails of a report, one for each receiver.
    func mails(_ head: ReportHead) -> [OrderedMail] {
        let trailer = format == .text && head.isGood ? request.trailer ?? project?.mailTrailer : nil
        // Copies of nothing are no copies.
        let (to, cc) = to.isEmpty ? (cc, []) : (to, cc)
        var order = MailOrder(format: format, to: to, cc: cc, thread: request.inReplyTo, trailer: trailer)
        if order.isShared {
            // One message has one content, whoever asked for the attachment.
            order.junit = project?.mailsJUnit == true || request.junit
            return (order.to + order.cc).map { OrderedMail(to: $0, order) }
        }
        return order.to.map { receiver in
            var mine = order
            mine.to = [receiver]
            mine.junit = attachesJUnit(to: receiver)
            return OrderedMail(to: receiver, mine)
        }
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
