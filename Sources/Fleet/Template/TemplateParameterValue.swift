// SPDX-License-Identifier: Apache-2.0

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
