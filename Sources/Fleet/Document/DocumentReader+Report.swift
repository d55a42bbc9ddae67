// SPDX-License-Identifier: Apache-2.0

extension DocumentReader {
    /// `report`: who is sent it, and how.
    mutating func readReport() throws(JSONSyntaxError) {
        guard try isObject("/report") else { return }
        var request = ReportRequest(mail: [])
        var seen: Set<String> = []
        var members = try cursor.enterObject()
        while let key = try cursor.nextKey(&members) {
            guard try accepts(key, in: "/report", .report, &seen) else { continue }
            let pointer = "/report/\(key)"
            switch key {
            case "mail": request.mail = try readReceivers(pointer)
            case "cc":
                let cc = try readReceivers(pointer)
                request.cc = cc.isEmpty ? nil : cc
            case "junit": request.junit = try readBoolean(pointer) ?? false
            case "format": request.format = try readWord(pointer)
            case "when": request.when = try readWord(pointer)
            case "subject": request.subject = try readChecked(pointer, MailSubject.complaint)
            case "trailer": request.trailer = try readChecked(pointer, MailTrailer.complaint)
            default:
                request.inReplyTo = try readChecked(pointer, MailReference.complaint).flatMap { MailReference($0) }
            }
        }
        for key in ["cc", "mail"] where !limits.canMail && !((key == "cc" ? request.cc : request.mail) ?? []).isEmpty {
            faults.add("/report/\(key)", "can't be done: no mail server is configured (mail.url)")
        }
        report = request.isEmpty ? nil : request
    }

    /// Mail addresses; one that stands there twice is one.
    private mutating func readReceivers(_ pointer: String) throws(JSONSyntaxError) -> [MailAddress] {
        guard try isNext(.array, pointer) else { return [] }
        var receivers: [MailAddress] = []
        var count = 0
        var elements = try cursor.enterArray()
        while try cursor.nextElement(&elements) {
            defer { count += 1 }
            guard count < limits.maximumReceivers else {
                try cursor.skip()
                continue
            }
            guard let text = try readString("\(pointer)/\(count)") else { continue }
            if let complaint = MailAddress.complaint(about: text) {
                faults.add("\(pointer)/\(count)", complaint, found: String(text.prefix(Fault.maximumValueLength)))
            } else if let address = MailAddress(text), !receivers.contains(address) {
                receivers.append(address)
                refuseOtherDomain(of: address, "\(pointer)/\(count)")
            }
        }
        if count > limits.maximumReceivers {
            faults.add(pointer, "has \(count) addresses; the limit is \(limits.maximumReceivers)")
        }
        return receivers
    }

    /// Whoever may submit a jobset shall not have the fleet mail to the whole world.
    private mutating func refuseOtherDomain(of address: MailAddress, _ pointer: String) {
        guard let domains = limits.mailDomains, !domains.contain(address) else { return }
        let known = domains.patterns.joined(separator: ", ")
        let reason = "is not in a domain that reports are mailed to (mail.allowed_domains: \(known))"
        faults.add(pointer, reason, found: String(address.description.prefix(Fault.maximumValueLength)))
    }
}

extension KnownKeys {
    static let report = KnownKeys(
        supported: ["cc", "format", "in_reply_to", "junit", "mail", "subject", "trailer", "when"]
    )
}
