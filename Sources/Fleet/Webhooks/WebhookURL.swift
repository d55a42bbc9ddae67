// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The URL of a project's webhook: as that of a callback, and its path and query may name labels of the jobset, such as
/// `https://api.github.com/repos/owner/repo/statuses/{labels.commit}`, and the delivery as `{delivery}`.
package struct WebhookURL: Sendable, Hashable {
    private let text: String
    /// The URL with something in the place of each label.
    let sample: CallbackURL

    /// The longest URL, in bytes, before and after labels take their places.
    package static let maximumBytes = 2_048

    /// What stands for the delivery's id.
    package static let delivery = "{delivery}"

    /// Why a URL can't be made for a jobset: the label is not there, is empty, or would lead to another path.
    package struct MissingLabel: Error, Equatable, CustomStringConvertible {
        /// The label.
        package let name: String
        /// What names it.
        package var place = "template"
        package var description: String { "the jobset has no label \(name), which the webhook's \(place) names" }
    }

    /// - Throws: ``CallbackURL/Fault`` for the first thing that is wrong.
    package init(_ text: String) throws(CallbackURL.Fault) {
        self.text = text
        let authority = text.firstRange(of: "://").map { text[$0.upperBound...].prefix { !"/?".contains($0) } } ?? ""
        guard !authority.contains("{labels."), !authority.contains(Self.delivery) else {
            throw CallbackURL.Fault("must not name a label or the delivery in its host")
        }
        let filled = Self.filled(text) { _ in "0" }.replacing(Self.delivery, with: "0")
        sample = try CallbackURL(filled, maximumBytes: Self.maximumBytes)
    }

    /// What is wrong with `text`, or `nil` when nothing is.
    package static func complaint(about text: String) -> String? {
        do throws(CallbackURL.Fault) {
            _ = try WebhookURL(text)
            return nil
        } catch {
            return error.description
        }
    }

    /// Scheme, host and port. Path and query may hold a token.
    package var origin: String {
        guard let start = text.firstRange(of: "://")?.upperBound else { return "" }
        return text[..<start].lowercased() + text[start...].prefix { !"/?#".contains($0) }.lowercased()
    }

    /// The URL for a jobset.
    ///
    /// - Parameter delivery: The delivery's id.
    /// - Throws: ``MissingLabel``; ``CallbackURL/Fault`` when it becomes too long.
    package func filled(with labels: [String: String], delivery: String = "") throws -> String {
        let url = try Self.filled(text, with: labels, delivery: delivery, in: "URL") { value in
            value.addingPercentEncoding(withAllowedCharacters: Self.plain) ?? "0"
        }
        return try CallbackURL(url, maximumBytes: Self.maximumBytes).text
    }

    /// A text with labels and the delivery in their places.
    ///
    /// - Throws: ``MissingLabel``.
    static func filled(
        _ text: String,
        with labels: [String: String],
        delivery: String,
        in place: String,
        _ encoded: (String) -> String = { $0 }
    ) throws(MissingLabel) -> String {
        var missing: MissingLabel?
        let filled = filled(text) { name in
            // Dots alone would lead to another path: RFC 3986, section 5.2.4.
            guard let value = labels[name], !value.allSatisfy({ $0 == "." }) else {
                missing = missing ?? MissingLabel(name: name, place: place)
                return "0"
            }
            return encoded(value)
        }
        if let missing { throw missing }
        return filled.replacing(Self.delivery, with: encoded(delivery))
    }

    /// What stands unescaped in every part of a URL: RFC 3986, section 2.3.
    private static let plain = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
    )

    private static func filled(_ text: String, _ value: (String) -> String) -> String {
        text.replacing(/\{labels\.([A-Za-z0-9_.-]+)\}/) { value(String($0.output.1)) }
    }
}
