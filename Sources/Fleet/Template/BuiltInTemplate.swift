// SPDX-License-Identifier: Apache-2.0

/// What makes the body of a callback: a template of one's own, or a built-in.
package protocol BodyMaker: Sendable {
    /// Whether it writes one of these members of the report.
    func names(anyOf members: Set<String>) -> Bool
    /// The body for `facts`.
    ///
    /// - Parameter maximumBytes: How large it may be.
    /// - Throws: ``BodyTemplate/Fault`` when it is larger, or is not what it should be.
    func render(_ facts: TemplateFacts, maximumBytes: Int) throws(BodyTemplate.Fault) -> String
}

/// A body for a receiver with a shape of its own, chosen by its name: one conformer, and one line in
/// ``BuiltInTemplates/all``.
package protocol BuiltInTemplate: BodyMaker {
    /// What documents, webhooks and the configuration call it.
    var name: String { get }
    /// How the receiver wants to be called.
    var method: CallbackMethod { get }
    /// What its body is.
    var contentType: CallbackContentType { get }
    /// Headers that the receiver asks for.
    var headers: [String: String] { get }
    /// What it takes besides the report. A webhook fills in ``TemplateParameter/page`` by itself.
    var parameters: [TemplateParameter] { get }
    /// Whether the receiver shows what it was told last: then nothing earlier is told after the end.
    var isState: Bool { get }
    /// Whether the receiver knows a repeated delivery by its URL, which must then have `{delivery}`.
    var needsDelivery: Bool { get }
    /// What a status means that is no success, in the receiver's terms.
    func meaning(of status: Int) -> String?
    /// Whether an answer that is no success says that this was told before.
    func isRepeat(status: Int, answer: String) -> Bool
}

extension BuiltInTemplate {
    package var method: CallbackMethod { .post }
    package var contentType: CallbackContentType { .json }
    package var headers: [String: String] { [:] }
    package var parameters: [TemplateParameter] { [] }
    package var isState: Bool { false }
    package var needsDelivery: Bool { false }
    package func meaning(of status: Int) -> String? { nil }
    package func isRepeat(status: Int, answer: String) -> Bool { false }

    /// A value as it stands in the body.
    package func escaped(_ value: String) -> String {
        switch contentType {
        case .json: JSONEscaping().escapeText(value)
        case .form: FormEscaping().escapeText(value)
        case .text: value
        }
    }

    /// The parameters that it can't do without.
    package var requiredParameters: [String] { parameters.filter { $0.fallback == .refusal }.map(\.name) }
}

/// A value that a built-in template takes.
package struct TemplateParameter: Sendable, Hashable {
    /// What stands for a parameter that is not given.
    package enum Fallback: Sendable, Hashable {
        /// Nothing: it can be left out.
        case nothing
        /// Nothing: it must be given.
        case refusal
        /// This text.
        case text(String)
        /// The jobset's label of this name; without it, nothing is delivered.
        case label(String)
    }

    package let name: String
    package let fallback: Fallback
    /// Whether it is a token, which only the configuration or a document's own callback can have.
    package let isSecret: Bool

    init(_ name: String, _ fallback: Fallback, isSecret: Bool = false) {
        self.name = name
        self.fallback = fallback
        self.isSecret = isSecret
    }

    /// Where people see the jobset.
    package static let page = "target_url"
    /// The delivery's id, which every built-in template has.
    package static let delivery = "delivery"
}

/// All built-in templates.
package enum BuiltInTemplates {
    package static let all: [any BuiltInTemplate] = [
        ForgejoStatus(), GerritReview(), GitHubCheck(), GitHubDispatch(), GitHubStatus(), GitLabPipeline(),
        GitLabStatus(), JenkinsTrigger(), MatrixMessage(), SlackMessage(),
    ]
    /// Those that a document's callback can name.
    package static let ofDocuments = all.filter { !$0.needsDelivery }
    /// Those of webhooks that somebody adds: tokens stay in the configuration.
    package static let withoutSecrets = all.filter { !$0.parameters.contains(where: \.isSecret) }

    package static func named(_ name: String) -> (any BuiltInTemplate)? { all.first { $0.name == name } }
}

/// A built-in template that is a text.
protocol TextTemplate: BuiltInTemplate {
    /// The mustache.
    var text: String { get }
}

extension TextTemplate {
    package func names(anyOf members: Set<String>) -> Bool {
        (try? BodyTemplate(text, contentType: contentType))?.names(anyOf: members) ?? false
    }

    package func render(_ facts: TemplateFacts, maximumBytes: Int) throws(BodyTemplate.Fault) -> String {
        try BodyTemplate(text, contentType: contentType).render(facts, maximumBytes: maximumBytes)
    }
}

/// A parameter of a template as it is stated in one text: `name=value`.
package struct TemplateParameterValue: Sendable, Hashable {
    package let name: String
    package let value: String

    /// `nil` for a text without a name, a value or `=` between them.
    package init?(_ text: String) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, Slug.isValid(String(parts[0])), !parts[1].isEmpty else { return nil }
        name = String(parts[0])
        value = String(parts[1])
    }
}
