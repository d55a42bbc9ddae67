// SPDX-License-Identifier: Apache-2.0

/// A template for the subject of a mailed report: mustache over the members of the JSON report, as in callbacks.
package enum MailSubject {
    /// The largest template, in bytes.
    package static let maximumTemplateBytes = 500
    /// The longest subject, in Unicode scalars.
    package static let maximumLength = 200
    /// More than a template of a subject gives, unless it lists something.
    private static let maximumBytes = 4_000

    /// What is wrong with a template, or `nil` when nothing is.
    package static func complaint(about template: String) -> String? {
        guard template.utf8.count <= maximumTemplateBytes else { return "is longer than \(maximumTemplateBytes) bytes" }
        guard !template.contains(where: \.isNewline) else { return "must be one line" }
        return TemplateCheck.complaint(about: template, contentType: .text, parameters: [:], events: [.finished])
    }

    /// The subject; `nil` where the template gives none, or too much.
    package static func line(_ template: String, _ facts: TemplateFacts) -> String? {
        guard let body = try? BodyTemplate(template, contentType: .text),
            let text = try? body.render(facts, maximumBytes: maximumBytes)
        else { return nil }
        let line = HarmlessText.line(text, limit: maximumLength)
        return line.allSatisfy(\.isWhitespace) ? nil : line
    }
}
