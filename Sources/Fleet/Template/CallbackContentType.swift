// SPDX-License-Identifier: Apache-2.0

/// What a callback's body is, which decides how a template's values are escaped.
package enum CallbackContentType: String, Sendable, Codable, CaseIterable {
    /// JSON: values are escaped for a place between quotes.
    case json = "application/json"
    /// A form: values are percent-encoded.
    case form = "application/x-www-form-urlencoded"
    /// Text: values stand as they are.
    case text = "text/plain"
}
