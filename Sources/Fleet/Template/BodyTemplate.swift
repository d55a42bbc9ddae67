// SPDX-License-Identifier: Apache-2.0

import Foundation
import Mustache
internal import YAML

/// A mustache template for the body of a callback.
///
/// Of mustache it knows variables, sections, inverted sections and comments. What could turn the escaping off (`{{{`,
/// `{{&`, pragmas), what needs other templates (partials) and other delimiters are refused, so that no value can break
/// out of the place that the template gives it.
package struct BodyTemplate: BodyMaker {
    /// What its body is.
    package let contentType: CallbackContentType
    private let template: MustacheTemplate
    private let text: String
    private var size: Int { text.utf8.count }

    /// The largest template, in bytes: enough for every receiver that is known, and cheap to read.
    package static let maximumTemplateBytes = 8_192

    /// Why there is no body.
    package struct Fault: Error, Sendable, Equatable, CustomStringConvertible {
        /// Words for the template's author; nothing of its values is in them.
        package let description: String
    }

    /// Reads a template.
    ///
    /// - Throws: ``Fault`` that says what is wrong, and where.
    package init(_ text: String, contentType: CallbackContentType) throws(Fault) {
        if let complaint = TemplateRule.complaint(about: text) { throw Fault(description: complaint) }
        self.contentType = contentType
        self.text = text
        do {
            _ = TemplateEscaping.isRegistered
            template = try MustacheTemplate(string: "{{% CONTENT_TYPE:\(TemplateEscaping.name(contentType))}}\n" + text)
        } catch {
            throw Fault(description: TemplateRule.complaint(about: error))
        }
    }

    /// Whether one of `members` stands anywhere in it as a whole word, if only outside of its tags.
    package func names(anyOf members: Set<String>) -> Bool {
        text.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.contains { members.contains(String($0)) }
    }

    /// The body for `facts`.
    ///
    /// - Parameter maximumBytes: How large it may be.
    /// - Throws: ``Fault`` when it is larger, or is not what it should be.
    package func render(_ facts: TemplateFacts, maximumBytes: Int) throws(Fault) -> String {
        // Every turn of a section costs what it may write at most, every value its length. Sections inside of sections
        // would otherwise multiply without end.
        let budget = RenderBudget(bytes: maximumBytes * 8, turn: size)
        let root: TemplateObject
        do {
            root = try facts.root(budget)
        } catch {
            throw Fault(description: "the report can't be read: \(error.problem)")
        }
        let body = template.render(root)
        guard !budget.isSpent, body.utf8.count <= maximumBytes else {
            throw Fault(description: "gives more than \(maximumBytes) bytes")
        }
        if contentType == .json { try Self.checkJSON(body) }
        return body
    }

    private static func checkJSON(_ body: String) throws(Fault) {
        var cursor = JSONCursor(Array(body.utf8))
        do {
            try cursor.skip()
            try cursor.end()
        } catch {
            let position = TextPosition(of: error.offset, in: cursor.bytes)
            throw Fault(
                description: "does not give JSON at \(position) of what it gives: \(error.problem); "
                    + "values need quotes around them unless they are numbers, true or false"
            )
        }
    }
}

/// How much one rendering may still write: a template comes from whoever publishes jobsets.
final class RenderBudget {
    private var left: Int
    private let turn: Int

    /// Whether it was not enough.
    private(set) var isSpent = false

    /// A budget of `bytes`, of which each turn of a section takes `turn`.
    init(bytes: Int, turn: Int) {
        self.left = bytes
        self.turn = max(1, turn)
    }

    /// Whether another turn of a section may be written.
    func takeTurn() -> Bool { take(turn) }

    /// Whether so many bytes may be written.
    func take(_ bytes: Int) -> Bool {
        guard left >= bytes else {
            left = 0
            isSpent = true
            return false
        }
        left -= bytes
        return true
    }
}
